"""The compute thread."""

import asyncio

import pytest

from solami.errors import ProtocolError
from solami.stream_server import commands as cmd
from solami.stream_server import outputs as op
from solami.stream_server.lane import OUTBOX_ITEMS, Lane
from solami.stream_server.pacing import Pacing
from solami.stream_server.scripted import ScriptedBackend, ScriptedConversation
from solami.stream_server.settings import SessionSettings
from solami.stream_server.worker import ComputeWorker

SETTINGS = SessionSettings(turn_detection=None)
UNPACED = Pacing(max_lead_s=1e6, hurried_lead_s=1e6)


async def _until(lane: Lane, kind: type[op.Output]) -> op.Output:
    async with asyncio.timeout(60):
        while True:
            output = await lane.outbox.get()
            lane.sent()
            if isinstance(output, kind):
                return output


async def _turn(lane: Lane, text: str = "hi") -> op.Output:
    for command in (cmd.TextIn(text), cmd.Respond(0.0)):
        lane.submit(command)
    return await _until(lane, op.ReplyEnded)


class BrokenConversation(ScriptedConversation):
    """Fails in the middle of its first reply."""

    def reply(self, **arguments):  # type: ignore[no-untyped-def]
        """Break."""
        yield next(super().reply(**arguments))
        raise ZeroDivisionError("secret detail")


class BrokenOnce(ScriptedBackend):
    """Its first conversation is broken."""

    def open(self, persona: str, seed: int) -> ScriptedConversation:
        """Break once."""
        conversation = super().open(persona, seed)
        return BrokenConversation(0, 1, 0.0) if len(self.conversations) == 1 else conversation


def test_a_failing_turn_is_reported_and_survived(caplog: pytest.LogCaptureFixture) -> None:
    """The client gets a code without details, the log a traceback, and both sessions go on."""

    async def main() -> None:
        with ComputeWorker(BrokenOnce()) as worker:
            broken, other = worker.open_lane(SETTINGS), worker.open_lane(SETTINGS)
            for command in (cmd.TextIn("hi"), cmd.Respond(0.0)):
                broken.submit(command)
            failed = await _until(broken, op.Failed)
            assert isinstance(failed, op.Failed) and failed.code == "internal_error" and failed.epoch == 1
            assert "secret" not in failed.message
            for lane in (other, broken):
                assert (await _turn(lane)).status == "completed"  # type: ignore[union-attr]

    asyncio.run(main())
    assert "secret detail" in caplog.text


def test_a_full_outbox_pauses_only_its_own_session() -> None:
    """A session nobody reads stops at its bound; another one is served to the end."""

    async def main() -> None:
        with ComputeWorker(ScriptedBackend(beats=OUTBOX_ITEMS), UNPACED) as worker:
            stuck, other = worker.open_lane(SETTINGS), worker.open_lane(SETTINGS)
            for command in (cmd.TextIn("hi"), cmd.Respond(0.0)):
                stuck.submit(command)
            assert (await _turn(other)).status == "completed"  # type: ignore[union-attr]
            assert OUTBOX_ITEMS <= stuck.outbox.qsize() < OUTBOX_ITEMS + 8
            assert (await _until(stuck, op.ReplyEnded)).status == "completed"  # type: ignore[union-attr]

    asyncio.run(main())


def test_closing_frees_the_lane() -> None:
    """A closed session is forgotten, in the middle of a reply too."""

    async def main() -> None:
        with ComputeWorker(ScriptedBackend(beats=10_000)) as worker:
            lane = worker.open_lane(SETTINGS)
            lane.submit(cmd.TextIn("hi"))
            lane.submit(cmd.Respond(0.0))
            await _until(lane, op.ReplyStarted)
            lane.close()
            async with asyncio.timeout(60):
                while worker.num_lanes:  # noqa: ASYNC110 - the worker frees it on its own thread
                    await asyncio.sleep(0.01)

    asyncio.run(main())


def test_a_flood_is_refused() -> None:
    """Input far ahead of the worker is an error for its sender."""

    async def main() -> None:
        lane = ComputeWorker(ScriptedBackend()).open_lane(SETTINGS)  # never started: nothing is taken
        with pytest.raises(ProtocolError, match="slow down"):
            for _ in range(100):
                lane.submit(cmd.AudioIn(bytes(1 << 20)))

    asyncio.run(main())
