"""A compute thread that dies, and one that is stuck, seen by clients."""

import asyncio
import time

import httpx
import pytest

from solami.client.client import RealtimeClient, connect
from solami.client.recording import ReplyRecording, record_reply
from solami.errors import ProtocolError
from solami.stream_server import compute
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server
from solami.stream_server.worker import ComputeWorker


def _page(url: str, path: str) -> httpx.Response:
    return httpx.get(url.replace("ws://", "http://").replace("/v1/realtime", path))


def _wait_ready(url: str, is_ready: bool) -> None:
    while (_page(url, "/readyz").status_code == 200) is not is_ready:
        time.sleep(0.05)


def _breakable(monkeypatch: pytest.MonkeyPatch) -> list[MemoryError]:
    """A fault put into this list kills the thread, outside any session, at the end of this round or the next."""
    faults: list[MemoryError] = []
    run_round = ComputeWorker.run_round

    def faulty(worker: ComputeWorker) -> None:
        run_round(worker)
        if faults and worker.num_lanes:
            raise faults.pop()

    monkeypatch.setattr(ComputeWorker, "run_round", faulty)
    return faults


async def _ask(client: RealtimeClient, text: str) -> ReplyRecording:
    await client.send_text(text)
    return await record_reply(client, await client.commit(), 30)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_sessions_survive_the_death_of_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sessions are told and served by a new one; the metrics count it."""
    faults = _breakable(monkeypatch)

    async def main(url: str) -> None:
        async with connect(url) as client:
            await client.update(turn_detection=None, media="binary")
            faults.append(MemoryError("no more"))
            await client.send_text("hello")
            with pytest.raises(ProtocolError) as caught:
                await client.wait_for("response.done", 30)
            assert caught.value.code == "worker_restarted"
            await client.wait_for("session.updated", 30)
            reply = await _ask(client, "hello again")
            assert reply.done["status"] == "completed" and len(reply.audio.samples)
        assert "solami_worker_restarts_total 1.0" in (await asyncio.to_thread(_page, url, "/metrics")).text

    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(beats=2), config), config) as url:
        asyncio.run(main(url))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_was_said_survives_the_death_of_the_thread(monkeypatch: pytest.MonkeyPatch, stage) -> None:  # type: ignore[no-untyped-def]
    """The turns that were answered stand in the model's context before and after, and the reply that ran is lost."""
    faults = _breakable(monkeypatch)

    async def main(url: str) -> list[int]:
        async with connect(url) as client:
            await client.update(turn_detection=None, media="binary")
            await _ask(client, "my name is Ada")
            (slot,) = stage.engine._states.values()
            before = list(slot.ids)
            await client.send_text("and yours?")
            await client.commit()
            await client.wait_for("response.created", 30)
            faults.append(MemoryError("no more"))
            with pytest.raises(ProtocolError, match="this turn is lost"):
                await client.wait_for("never", 30)
            assert (await client.wait_for("response.done", 30))["response"]["status"] == "failed"
            await client.wait_for("session.updated", 30)
            reply = await _ask(client, "hello again")
            assert reply.done["id"] == "resp_3"
            (slot,) = stage.engine._states.values()
            assert slot.ids[: len(before)] == before
            return list(slot.ids[len(before) :])

    config = ServerConfig()
    with background_server(create_app(stage.backend, config), config) as url:
        ids = asyncio.run(main(url))
    assert ids.count(stage.backend.models.vocabulary.special("<agent>")) == 1


def test_a_stuck_thread_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one piece of work takes too long the server says so and takes nobody in; then it is ready again."""
    monkeypatch.setattr(compute, "WATCH_S", 0.05)
    release: list[bool] = []
    run_round = ComputeWorker.run_round

    def stuck(worker: ComputeWorker) -> None:
        run_round(worker)
        while worker.num_lanes and not release:
            time.sleep(0.01)

    async def refused(url: str) -> str:
        with pytest.raises(ProtocolError) as caught:
            async with connect(url):
                pass
        return caught.value.code

    async def main(url: str) -> None:
        async with connect(url) as client:
            monkeypatch.setattr(ComputeWorker, "run_round", stuck)
            await client.send_event("session.update", session={"seed": 2})
            await asyncio.to_thread(_wait_ready, url, False)
            assert await refused(url) == "not_ready"
            release.append(True)
            await client.wait_for("session.updated", 30)
        await asyncio.to_thread(_wait_ready, url, True)

    config = ServerConfig(stuck_s=0.3)
    with background_server(create_app(ScriptedBackend(), config), config) as url:
        asyncio.run(asyncio.wait_for(main(url), 60))
