"""All sessions together: keys, draining, what the log tells."""

import asyncio
import logging

import httpx
import pytest

from solami.client.client import connect
from solami.client.recording import record_reply
from solami.errors import CapacityError, ProtocolError, SolamiError
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server


async def _refusal(url: str, key: str | None = None) -> SolamiError:
    with pytest.raises((ProtocolError, CapacityError)) as caught:
        async with connect(url, key):
            pass
    return caught.value


def test_one_key_cannot_take_every_place() -> None:
    """Each key has so many sessions, and only its own can be resumed with it."""

    async def main(url: str) -> None:
        async with connect(url, "anna") as anna:
            assert isinstance(await _refusal(url, "anna"), CapacityError)
            async with connect(url, "bert"):
                pass
            token = anna.link._token
            refusal = await _refusal(f"{url}?resume={token}&received=1", "bert")
            assert isinstance(refusal, ProtocolError) and refusal.code == "resume_failed"

    config = ServerConfig.model_validate({"api_keys": ["anna", "bert"], "max_sessions_per_key": 1})
    with background_server(create_app(ScriptedBackend(), config), config) as url:
        asyncio.run(main(url))


def test_a_stopping_server_lets_replies_end() -> None:
    """Draining refuses new sessions, lets the running reply come whole, then closes with 1001."""

    async def main(url: str, drain: object) -> None:
        async with connect(url) as client:
            await client.update(turn_detection=None, media="binary")
            await client.send_text("hello")
            await client.commit()
            await client.wait_for("response.created", 30)  # what is not begun is not waited for
            draining = asyncio.create_task(asyncio.to_thread(drain))  # type: ignore[arg-type]
            done = (await client.wait_for("response.done", 30))["response"]
            assert (done["status"], done["motion_frames"]) == ("completed", 60)
            with pytest.raises(ProtocolError, match="1001"):
                await client.wait_for("never", 30)
            await asyncio.wait_for(draining, 30)
        refusal = await _refusal(url)
        assert isinstance(refusal, ProtocolError) and refusal.code == "not_ready"
        page = await asyncio.to_thread(httpx.get, url.replace("ws://", "http://").replace("/v1/realtime", "/readyz"))
        assert (page.status_code, page.text) == (503, "the server is stopping")

    config = ServerConfig()
    app = create_app(ScriptedBackend(beats=5, beat_delay_s=0.05), config)
    with background_server(app, config) as url:
        asyncio.run(main(url, app.state.drain))


def test_draining_has_an_end() -> None:
    """A reply that takes longer than the server may wait is cut off."""

    async def main(url: str, drain: object) -> None:
        async with connect(url) as client:
            await client.update(turn_detection=None, media="binary")
            await client.send_text("hello")
            await client.commit()
            await client.wait_for("response.created")
            draining = asyncio.create_task(asyncio.to_thread(drain))  # type: ignore[arg-type]
            assert (await client.wait_for("server.draining", 30))["seconds"] == 0.2
            with pytest.raises(ProtocolError, match="1001"):
                await client.wait_for("response.done", 30)
            await asyncio.wait_for(draining, 30)

    config = ServerConfig(drain_s=0.2)
    app = create_app(ScriptedBackend(beats=10_000), config)
    with background_server(app, config) as url:
        asyncio.run(main(url, app.state.drain))


def test_the_log_tells_of_replies_and_not_a_word_of_them(caplog: pytest.LogCaptureFixture) -> None:
    """Sessions, refusals, replies with their latency and the stop have lines; what was said has none, at any level."""
    caplog.set_level(logging.DEBUG)

    async def main(url: str, drain: object) -> str:
        async with connect(url) as client:
            await client.update(turn_detection=None, media="binary")
            await client.send_text("kumquat")
            await record_reply(client, await client.commit(), 30)
            await client.send_event("session.update", session={"persona": "kumquat"})
            with pytest.raises(ProtocolError, match="kumquat"):
                await client.wait_for("session.updated", 30)
            await _refusal(url + "?protocol=2.0")
            await asyncio.to_thread(drain)  # type: ignore[arg-type]
            return str(client.session["id"])

    config = ServerConfig()
    app = create_app(ScriptedBackend(), config)
    with background_server(app, config) as url:
        session = asyncio.run(main(url, app.state.drain))
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("solami")]
    for part in (f"session {session} begins", "refused: unsupported_protocol", "resp_1 completed: ", "stopping; 1 "):
        assert any(part in line for line in lines), part
    assert any(f"session {session} ended" in line for line in lines)
    assert "kumquat" not in " ".join(lines)
