"""A client's link over connections that break."""

import asyncio

import pytest

from solami.client.client import connect
from solami.client.recording import ReplyRecording, record_reply
from solami.errors import ProtocolError
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server


async def _turn(url: str, cuts: int) -> tuple[ReplyRecording, int]:
    """One typed turn during which the connection breaks so many times."""
    async with connect(url) as client:
        await client.update(turn_detection=None, media="binary", seed=3)

        async def cut() -> None:
            for _ in range(cuts):
                socket = client.link._socket
                if socket is not None:
                    socket.transport.abort()
                await asyncio.sleep(0.15)

        cutting = asyncio.create_task(cut())
        await asyncio.sleep(0.02)
        await client.send_text("hello")
        reply = await record_reply(client, await client.commit())
        await cutting
        return reply, client.link.resumes


def test_a_reply_survives_cuts() -> None:
    """What was said, shown and heard over a connection that breaks is what came over one that holds."""
    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(beats=20, beat_delay_s=0.02), config), config) as url:
        whole, _ = asyncio.run(_turn(url, 0))
        cut, resumes = asyncio.run(_turn(url, 3))
    assert resumes >= 1
    assert (cut.said, cut.done["ids_sha256"]) == (whole.said, whole.done["ids_sha256"])
    assert cut.audio.samples.tobytes() == whole.audio.samples.tobytes()
    assert cut.motion is not None and whole.motion is not None
    assert cut.motion.rotations.tobytes() == whole.motion.rotations.tobytes()
    assert cut.order == whole.order


def test_a_lost_session_is_an_error() -> None:
    """A server that no longer knows the session ends the client's with resume_failed."""

    async def main(url: str) -> None:
        async with connect(url) as client:
            client.link._token = "gone"
            assert client.link._socket is not None
            client.link._socket.transport.abort()
            with pytest.raises(ProtocolError) as caught:
                await client.wait_for("session.updated", 20)
            assert caught.value.code == "resume_failed"

    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(), config), config) as url:
        asyncio.run(main(url))


def test_both_sides_count_alike() -> None:
    """The server has taken as many messages as the client has sent."""

    async def main(url: str) -> None:
        async with connect(url) as client:
            await client.update(turn_detection=None)
            socket = client.link._socket
            assert socket is not None
            socket.transport.abort()
            await client.update(seed=5)
            assert (client.link.sent, client.link.resumes) == (2, 1)
            assert client.link.received == 3

    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(), config), config) as url:
        asyncio.run(main(url))
