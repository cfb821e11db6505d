"""A compute thread that dies, and one that is stuck, seen by clients."""

import asyncio
import time

import httpx
import pytest

from solami.client.client import connect
from solami.client.recording import record_reply
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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_sessions_survive_the_death_of_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault outside any session kills the thread: its sessions are told and served by a new one."""
    faults = [MemoryError("no more")]
    run_round = ComputeWorker.run_round

    def faulty(worker: ComputeWorker) -> None:
        run_round(worker)
        if faults and worker.num_lanes:
            raise faults.pop()

    async def main(url: str) -> None:
        async with connect(url) as client:
            await client.update(turn_detection=None, media="binary")
            monkeypatch.setattr(ComputeWorker, "run_round", faulty)
            await client.send_text("hello")
            with pytest.raises(ProtocolError) as caught:
                await client.wait_for("response.done", 30)
            assert caught.value.code == "worker_restarted"
            await client.wait_for("session.updated", 30)
            await client.send_text("hello again")
            reply = await record_reply(client, await client.commit(), 30)
            assert reply.done["status"] == "completed" and len(reply.audio.samples)
        assert "solami_worker_restarts_total 1.0" in (await asyncio.to_thread(_page, url, "/metrics")).text

    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(beats=2), config), config) as url:
        asyncio.run(main(url))


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
