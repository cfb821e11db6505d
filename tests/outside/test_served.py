"""A server with a brain and an ear outside, over real sockets all the way."""

import asyncio
from typing import Any

import numpy as np
import pytest

from solami.build import build_backend
from solami.client.client import UserInput, connect
from solami.client.recording import ReplyRecording, record_reply
from solami.config import load_serve_config
from solami.frames import AudioChunk
from solami.stream_server.app import create_app
from solami.stream_server.serving import background_server

VOICE = AudioChunk((0.1 * np.sin(np.arange(16_000) / 9)).astype(np.float32), 16_000)
SETTINGS = {"media": "binary", "turn_detection": None, "input_audio_format": {"rate": 16_000}}


def talk(endpoint: Any, *users: UserInput, timeout_s: float = 30.0, ear: bool = True) -> list[ReplyRecording]:
    """Turns with a server that asks the endpoint."""
    given = [f"brain.base_url={endpoint.url}", "brain.model=large", f"brain.timeout_s={timeout_s}"]
    given += ["ear.kind=endpoint", f"ear.base_url={endpoint.url}", f"ear.timeout_s={timeout_s}"] if ear else []
    config = load_serve_config("debug", given)

    async def main(url: str) -> list[ReplyRecording]:
        async with connect(url) as client:
            await client.update(**SETTINGS)
            replies = []
            for user in users:
                await client.stream(user, pace=0)
                replies.append(await record_reply(client, await client.commit(), timeout_s=120))
            return replies

    with background_server(create_app(build_backend(config), config.server), config.server) as url:
        return asyncio.run(main(url))


def test_a_conversation_in_the_brains_words(endpoint: Any) -> None:
    """What was said goes to the ear and the brain; its answer comes back as words, sound and motion."""
    spoken, typed = talk(endpoint, UserInput(VOICE), UserInput(text="And you?"))
    assert spoken.said == typed.said == endpoint.answer and spoken.heard == "good morning"
    assert len(spoken.audio.samples) > 0 and spoken.motion is not None
    assert {row["stage"] for row in spoken.done["budget"]} >= {"brain", "first_clause", "first_beat"}
    first, second = (asked["messages"] for asked in endpoint.asked)
    assert [line["content"] for line in first[1:]] == ["good morning"]
    assert [line["content"] for line in second[1:]] == ["good morning", endpoint.answer, "And you?"]


@pytest.mark.parametrize("fault", [{"status": 500}, {"first_s": 60.0}])
def test_the_model_answers_where_the_endpoint_does_not(endpoint: Any, fault: dict[str, Any]) -> None:
    """Errors and late answers cost no turn: the model hears and speaks by itself."""
    for name, value in fault.items():
        setattr(endpoint, name, value)
    (reply,) = talk(endpoint, UserInput(VOICE), timeout_s=0.3)
    assert reply.done["status"] == "completed" and reply.said.startswith("Hello there.") and reply.heard == "some words"


def test_a_slow_brain_does_not_hold_up_others(endpoint: Any) -> None:
    """While one session waits for its words, another one, whose words are there, is served."""
    endpoint.first_s = 3.0
    config = load_serve_config("debug", [f"brain.base_url={endpoint.url}", "brain.model=large", "brain.timeout_s=60"])

    async def main(url: str) -> tuple[float, float]:
        async with connect(url) as slow, connect(url) as quick:
            for client in (slow, quick):
                await client.update(**SETTINGS)
                await client.stream(UserInput(text="Hi"), pace=0)
            await slow.commit()
            await slow.wait_for("response.created")
            await asyncio.to_thread(endpoint.was_asked.wait, 60)
            endpoint.first_s = 0.0
            begun_s = await quick.commit()
            clock = asyncio.get_running_loop().time
            await record_reply(quick, begun_s, 60)
            quick_s = clock()
            await slow.wait_for("response.done", 60)
            return quick_s, clock()

    with background_server(create_app(build_backend(config), config.server), config.server) as url:
        quick_s, slow_s = asyncio.run(main(url))
    assert quick_s < slow_s
