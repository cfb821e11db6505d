"""Many sessions on one thread: the same ids as alone, nobody far ahead, nobody starved. No real time passes."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from solami.errors import CapacityError
from solami.stream_server import commands as cmd
from solami.stream_server import outputs as op
from solami.stream_server.lane import Lane
from solami.stream_server.pacing import Pacing
from solami.stream_server.protocol import samples_to_pcm16
from solami.stream_server.settings import SessionPatch, SessionSettings
from solami.stream_server.worker import ComputeWorker

RATE = 16000
SETTINGS = SessionSettings.model_validate(
    {"turn_detection": None, "input_audio_format": {"rate": RATE}, "output_audio_rate": RATE}
)
VOICE = samples_to_pcm16((0.3 * np.sin(np.arange(RATE) / 7)).astype(np.float32))


class Talker:
    """One session's outputs, and when each left the worker."""

    def __init__(self, worker: ComputeWorker, settings: SessionSettings = SETTINGS) -> None:
        self.lane: Lane = worker.open_lane(settings)
        self.out: list[tuple[float, op.Output]] = []

    def drain(self, now_s: float) -> None:
        while not self.lane.outbox.empty():
            self.out.append((now_s, self.lane.outbox.get_nowait()))
            self.lane.sent()

    @property
    def ended(self) -> op.ReplyEnded | None:
        return next((o for _, o in self.out if isinstance(o, op.ReplyEnded)), None)

    @property
    def sounds(self) -> list[tuple[float, op.ReplyAudio]]:
        return [(at_s, o) for at_s, o in self.out if isinstance(o, op.ReplyAudio)]

    def ask(self, text: str = "hi") -> None:
        for command in (cmd.TextIn(text), cmd.Respond(1000.0)):
            self.lane.submit(command)


async def play(worker: ComputeWorker, stage, talkers: list[Talker], until: Callable[[], bool]) -> None:  # type: ignore[no-untyped-def]
    """Rounds, a millisecond apart, until something is so."""
    for _ in range(200_000):
        worker.run_round()
        await asyncio.sleep(0)
        for talker in talkers:
            talker.drain(stage.clock.now_s)
        if until():
            return
        stage.clock.now_s += 0.001
    raise AssertionError("it never came to that")


def run(main: Callable[[], Awaitable[None]]) -> None:
    """On an event loop, without the worker's thread."""
    asyncio.run(main())  # type: ignore[arg-type]


def leads(talker: Talker) -> list[float]:
    """How far ahead of playback each piece of sound ended when it was sent; playback began with the first."""
    first_s = talker.sounds[0][0]
    return [(o.sample + len(o.pcm) // 2) / RATE - (at_s - first_s) for at_s, o in talker.sounds]


def test_ids_do_not_depend_on_who_else_talks(stage) -> None:  # type: ignore[no-untyped-def]
    """A session's ids are the same alone and among four, drawn in shared steps."""

    async def main() -> None:
        worker = ComputeWorker(stage.backend, clock=stage.clock)
        seeds = [SETTINGS.merged(SessionPatch(seed=seed)) for seed in range(4)]
        alone: list[tuple[int, ...]] = []
        for settings in seeds:
            talker = Talker(worker, settings)
            talker.ask()
            await play(worker, stage, [talker], lambda talker=talker: talker.ended is not None)  # type: ignore[misc]
            assert talker.ended is not None
            alone.append(talker.ended.token_ids)
            talker.lane.close()
        stage.engine.batches.clear()
        four = [Talker(worker, settings) for settings in seeds]
        for talker in four:
            talker.ask()
        await play(worker, stage, four, lambda: all(t.ended for t in four))
        assert [t.ended.token_ids for t in four if t.ended] == alone
        assert len(set(alone)) == 4
        assert max(stage.engine.batches) == 4

    run(main)


def test_nobody_is_generated_further_ahead_than_allowed(stage) -> None:  # type: ignore[no-untyped-def]
    """Without reports the wall clock counts: at most two seconds are sent and not played, and the whole reply comes."""

    async def main() -> None:
        worker = ComputeWorker(stage.backend, Pacing(max_lead_s=2.0), stage.clock)
        talker = Talker(worker)
        talker.ask()
        await play(worker, stage, [talker], lambda: talker.ended is not None)
        assert 1.5 < max(leads(talker)) <= 2.0
        assert sum(len(o.pcm) // 2 for _, o in talker.sounds) == 12 * 6400

    run(main)


def test_a_client_that_plays_slower_is_waited_for(stage) -> None:  # type: ignore[no-untyped-def]
    """Reports of playback hold generation back, whatever the wall clock says."""

    async def main() -> None:
        worker = ComputeWorker(stage.backend, Pacing(max_lead_s=2.0), stage.clock)
        talker = Talker(worker)
        talker.ask()
        await play(worker, stage, [talker], lambda: len(talker.sounds) == 5)
        for _ in range(100):  # ten seconds during which nothing is played
            stage.clock.now_s += 0.1
            talker.lane.submit(cmd.Playback(1, 0, stage.clock.now_s))
            worker.run_round()
        talker.drain(stage.clock.now_s)
        assert len(talker.sounds) == 5
        assert talker.ended is None

    run(main)


def test_a_newcomer_is_heard_soon_while_others_speak(stage) -> None:  # type: ignore[no-untyped-def]
    """With three replies ahead of their playback, a fourth has the thread to itself until its sound begins."""

    async def main() -> None:
        stage.engine.step_s, stage.engine.row_s = 0.002, 0.002
        worker = ComputeWorker(stage.backend, clock=stage.clock)
        old = [Talker(worker) for _ in range(3)]
        for talker in old:
            talker.ask()
        await play(worker, stage, old, lambda: all(len(t.sounds) >= 3 for t in old))
        new = Talker(worker)
        new.ask()
        stage.engine.batches.clear()
        await play(worker, stage, [*old, new], lambda: bool(new.sounds))
        assert set(stage.engine.batches) == {1}
        await play(worker, stage, [*old, new], lambda: all(t.ended for t in [*old, new]))
        assert all(t.ended.dry == 0 for t in [*old, new] if t.ended)

    run(main)


@pytest.mark.parametrize("piece_s", [0.004, 0.02])
def test_a_flood_of_input_starves_nobody(stage, piece_s: float) -> None:  # type: ignore[no-untyped-def]
    """While one user sends a minute of sound at once, another session's reply is given without a gap."""

    async def main() -> None:
        stage.engine.step_s = 0.002
        worker = ComputeWorker(stage.backend, clock=stage.clock)
        speaker, flooder = Talker(worker), Talker(worker)
        hear = flooder.lane.runner.accept

        def slow_hear(command: cmd.Command) -> None:
            stage.clock.now_s += piece_s
            hear(command)

        flooder.lane.runner.accept = slow_hear  # type: ignore[method-assign]
        speaker.ask()
        for _ in range(60):
            flooder.lane.submit(cmd.AudioIn(VOICE))
        await play(worker, stage, [speaker, flooder], lambda: speaker.ended is not None)
        assert speaker.ended is not None
        assert speaker.ended.dry == 0

    run(main)


def test_who_asks_for_a_seed_gets_the_same_reply_however_late(stage) -> None:  # type: ignore[no-untyped-def]
    """On a machine that is far too slow no rule touches the ids of a session that named its seed."""

    async def main() -> None:
        ids = []
        for step_s in (0.0, 0.03):
            stage.engine.step_s = step_s
            worker = ComputeWorker(stage.backend, clock=stage.clock)
            talker = Talker(worker, SETTINGS.merged(SessionPatch(seed=5)))
            talker.ask()
            await play(worker, stage, [talker], lambda talker=talker: talker.ended is not None)  # type: ignore[misc]
            assert talker.ended is not None
            assert talker.ended.rules == ()
            ids.append(talker.ended.token_ids)
            talker.lane.close()
            worker.run_round()
        assert ids[0] == ids[1]

    run(main)


def test_a_session_too_many_is_refused_while_the_others_talk(stage) -> None:  # type: ignore[no-untyped-def]
    """At half the machine a session a second one is refused with a time; once the first is silent or gone it is not."""

    async def main() -> None:
        stage.engine.step_s = 0.01
        worker = ComputeWorker(stage.backend, clock=stage.clock)
        worker.check_room()
        first = Talker(worker)
        for _ in range(3):
            first.out.clear()
            first.ask()
            await play(worker, stage, [first], lambda: first.ended is not None)
        with pytest.raises(CapacityError) as caught:
            worker.check_room()
        assert caught.value.retry_after_s > 0
        stage.clock.now_s += 31.0
        worker.check_room()
        first.ask()
        await play(worker, stage, [first], lambda: len(first.sounds) > 20)
        first.lane.close()
        worker.check_room()

    run(main)


def test_a_machine_without_time_to_spare_says_which_rules_fired(stage) -> None:  # type: ignore[no-untyped-def]
    """Steps that take longer than real time make the hands rest, and the report names the rule and the dry clients."""

    async def main() -> None:
        stage.engine.step_s = 0.03
        worker = ComputeWorker(stage.backend, clock=stage.clock)
        talker = Talker(worker)
        talker.ask()
        await play(worker, stage, [talker], lambda: talker.ended is not None)
        assert talker.ended is not None
        assert "held_hands" in talker.ended.rules
        assert talker.ended.dry > 0
        report = worker.report()
        assert report.rules["held_hands"] == 1
        assert report.dry == talker.ended.dry

    run(main)
