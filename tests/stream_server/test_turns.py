"""One session's turns on the compute side, without a thread."""

import time
from collections.abc import Iterable

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.body.trackers import tracker_chunk
from solami.errors import ConfigError, ProtocolError
from solami.frames import OutputChunk, ReplyDone, TextDelta
from solami.stream_server import commands as cmd
from solami.stream_server import outputs as op
from solami.stream_server.answering import reply_seed
from solami.stream_server.protocol import samples_to_pcm16
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.settings import SessionSettings
from solami.stream_server.turns import TurnRunner
from solami.stream_server.vrm import pack_poses
from solami.training.three_points_data import joint_poses

MANUAL = SessionSettings.model_validate(
    {"turn_detection": None, "input_audio_format": {"rate": 16000}, "input_motion": {}, "output_audio_rate": 16000}
)
PCM = samples_to_pcm16(np.sin(np.arange(3200) / 7).astype(np.float32))


class Bench:
    """A runner and what it said."""

    def __init__(self, settings: SessionSettings = MANUAL, beats: int = 3) -> None:
        self.backend = ScriptedBackend(beats=beats)
        self.out: list[op.Output] = []
        self.runner = TurnRunner(self.backend, settings, self.out.append)

    def give(self, *commands: cmd.Command) -> None:
        for command in commands:
            self.runner.accept(command)

    def step(self) -> None:
        assert self.runner.wanted() is None  # a scripted reply goes on by itself
        self.runner.take(None)

    def finish(self) -> op.ReplyEnded:
        while self.runner.is_replying:
            self.step()
        return next(o for o in reversed(self.out) if isinstance(o, op.ReplyEnded))

    def kinds(self) -> list[type]:
        return [type(o) for o in self.out]


def _pieces(pcm: bytes, size: int) -> Iterable[cmd.Command]:
    return [cmd.AudioIn(pcm[at : at + size]) for at in range(0, len(pcm), size)]


@pytest.mark.parametrize("size", [2, 640, 6400])
def test_chunking_does_not_change_the_ids(size: int) -> None:
    """The same input in any pieces gives the same reply."""
    bench = Bench()
    bench.give(*_pieces(PCM, size), cmd.MotionIn(wave(0.2)), cmd.EndTurn(0.0), cmd.Respond(0.0))
    whole = Bench()
    whole.give(cmd.AudioIn(PCM), cmd.MotionIn(wave(0.2)), cmd.Respond(0.0))
    assert bench.finish().token_ids == whole.finish().token_ids


def test_seeds_depend_on_session_and_turn() -> None:
    """Another session seed or another turn is another reply seed."""
    assert len({reply_seed(seed, turn) for seed in range(20) for turn in range(20)}) == 400


def test_input_during_a_reply_is_the_next_turn() -> None:
    """What arrives while the character speaks waits and is answered afterwards."""
    bench = Bench()
    bench.give(cmd.TextIn("one"), cmd.Respond(0.0), cmd.TextIn("two"), cmd.Respond(0.0))
    assert bench.runner.is_replying
    bench.finish()
    heard = [o.text for o in bench.out if isinstance(o, op.ReplyText) and o.kind == "heard"]
    assert heard == ["one", "two"]
    assert [o.epoch for o in bench.out if isinstance(o, op.ReplyStarted)] == [1, 2]


def test_cancel_cuts_history_once() -> None:
    """A cancelled reply ends as cancelled and the conversation is cut; a second cancel does nothing."""
    bench = Bench(beats=50)
    bench.give(cmd.TextIn("one"), cmd.Respond(0.0))
    for _ in range(6):
        bench.step()
    bench.give(cmd.Cancel(1), cmd.Cancel(1))
    assert bench.finish().status == "cancelled"
    assert len(bench.backend.conversations[0].truncations) == 1
    assert bench.kinds().count(op.Truncated) == 1


def test_truncate_says_what_was_heard() -> None:
    """conversation.item.truncate reaches the conversation in the model's samples."""
    bench = Bench(MANUAL.model_copy(update={"output_audio_rate": 24000}))
    bench.give(cmd.TextIn("one"), cmd.Respond(0.0))
    bench.finish()
    bench.give(cmd.Truncate(1, 500.0))
    assert bench.backend.conversations[0].truncations == [8000]


def test_mistakes_leave_the_turn_as_it_was() -> None:
    """Committing nothing, answering nothing, an unknown persona: an error, and the session goes on."""
    bench = Bench()
    for command in (cmd.EndTurn(0.0), cmd.Respond(0.0), cmd.Truncate(1, 0.0)):
        with pytest.raises(ProtocolError):
            bench.give(command)
    with pytest.raises(ConfigError):
        bench.give(cmd.Configure(MANUAL.model_copy(update={"persona": "nobody"})))
    bench.give(cmd.TextIn("one"), cmd.Respond(0.0))
    assert bench.finish().status == "completed"


def test_clear_forgets_the_open_turn() -> None:
    """After a clear there is nothing to commit, and the conversation is the one it was."""
    bench = Bench()
    bench.give(cmd.AudioIn(PCM), cmd.ClearInput())
    assert bench.kinds() == [op.InputCleared]
    with pytest.raises(ProtocolError):
        bench.give(cmd.EndTurn(0.0))
    bench.give(cmd.TextIn("hi"), cmd.Respond(0.0))
    assert bench.finish().status == "completed" and len(bench.backend.conversations) == 1


def test_a_failed_turn_leaves_a_fresh_conversation() -> None:
    """After a failure the next turn works and belongs to a new conversation."""
    bench = Bench()
    bench.give(cmd.TextIn("one"), cmd.Respond(0.0))
    assert bench.runner.fail() == 1 and not bench.runner.is_replying
    bench.give(cmd.TextIn("two"), cmd.Respond(0.0))
    assert bench.finish().epoch == 2 and len(bench.backend.conversations) == 2


def test_a_voice_interrupts() -> None:
    """With turn detection a voice during the reply cancels it, and the new turn holds what was said before the edge."""
    bench = Bench(SessionSettings.model_validate({"input_audio_format": {"rate": 16000}}), beats=50)
    ear = bench.runner._intake._ear
    assert ear.detector is not None
    ear.detector._probability = lambda window: float(abs(window).max() > 0.05)
    quiet, loud = samples_to_pcm16(np.zeros(16000, np.float32)), PCM * 5
    bench.give(cmd.AudioIn(quiet), cmd.AudioIn(loud), cmd.AudioIn(quiet))
    assert bench.runner.is_replying
    bench.step()
    bench.give(cmd.AudioIn(loud))
    edges = [o.kind for o in bench.out if isinstance(o, op.SpeechEdge)]
    assert edges == ["started", "stopped", "started"]
    ended = next(o for o in bench.out if isinstance(o, op.ReplyEnded))
    assert ended.status == "cancelled" and not bench.runner.is_replying
    assert bench.backend.conversations[0]._heard_samples > 16000 * 0.9


def test_a_typed_turn_takes_no_sound_and_no_motion() -> None:
    """What the microphone and the trackers send while a typed turn is open is left out, without an error."""
    bench = Bench()
    bench.give(cmd.TextIn("hi"), cmd.AudioIn(PCM), cmd.MotionIn(wave(0.2)), cmd.Respond(0.0))
    assert bench.finish().status == "completed"
    conversation = bench.backend.conversations[0]
    assert (conversation._heard_samples, conversation._seen_poses) == (0, 0)


def test_another_persona_ends_the_reply() -> None:
    """A new seed or persona in the middle of a reply ends it as cancelled and starts a new conversation."""
    bench = Bench(beats=50)
    bench.give(cmd.TextIn("hi"), cmd.Respond(0.0))
    bench.step()
    bench.give(cmd.Configure(MANUAL.model_copy(update={"seed": 9})))
    assert bench.finish().status == "cancelled" and not bench.runner.is_replying
    bench.give(cmd.TextIn("hi"), cmd.Respond(0.0))
    assert bench.finish().status == "completed" and len(bench.backend.conversations) == 2


def test_the_clocks_of_a_session_outlive_its_runner() -> None:
    """Another runner that inherits goes on with the epoch, the user's audio and the idling of the one that died."""
    settings = SessionSettings.model_validate({"input_audio_format": {"rate": 16000}, "idle_motion": True})
    dead, heir = Bench(settings), Bench(settings)
    dead.give(cmd.Configure(settings), *_pieces(samples_to_pcm16(np.zeros(16000, np.float32)), 640))
    dead.runner.idle(100.0)
    dead.runner.fail()
    heir.runner.inherit(dead.runner, 4)
    heir.give(cmd.Configure(settings))
    heir.runner.idle(101.0)
    (poses,) = [o for o in heir.out if isinstance(o, op.IdlePoses)]
    assert poses.sample == 24000
    assert 900 <= heir.runner._intake._ear.now_ms <= 1000
    heir.give(cmd.TextIn("hi"), cmd.Respond(0.0))
    assert heir.finish().epoch == 5


def test_input_settings_hold_while_a_turn_is_open() -> None:
    """Rates and streams cannot change under an open turn; after it they can."""
    bench = Bench()
    other = MANUAL.model_copy(update={"input_motion": None})
    bench.give(cmd.Configure(MANUAL), cmd.AudioIn(PCM))
    with pytest.raises(ProtocolError) as caught:
        bench.give(cmd.Configure(other))
    assert caught.value.code == "invalid_session"
    bench.give(cmd.EndTurn(0.0), cmd.Configure(other), cmd.Respond(0.0))
    assert bench.finish().status == "completed"


IDLING = MANUAL.model_copy(update={"idle_motion": True})


def idle_beats(bench: Bench, seconds: float, start_s: float) -> list[op.IdlePoses]:
    """What idles within some seconds of the clock."""
    before, now_s = len(bench.out), start_s
    while now_s < start_s + seconds:
        if (due_s := bench.runner.idle_due_s(now_s)) is not None and due_s <= now_s:
            bench.runner.idle(now_s)
        now_s += 0.01
    return [o for o in bench.out[before:] if isinstance(o, op.IdlePoses)]


def test_the_body_is_alive_between_replies_where_wanted() -> None:
    """A session that asked for it gets beats without a gap while idle and while it listens; another gets none."""
    bench, still = Bench(IDLING), Bench()
    for each in (bench, still):
        each.give(cmd.Configure(each.runner._dialogue.settings))
    assert idle_beats(still, 2.0, 100.0) == []
    beats = idle_beats(bench, 2.0, 100.0)
    bench.give(cmd.AudioIn(PCM))
    beats += idle_beats(bench, 2.0, 102.0)
    assert [beat.sample for beat in beats] == [6400 * i for i in range(len(beats))]
    assert len(beats) in (10, 11)


def test_a_reply_is_not_idled_over() -> None:
    """Nothing idles while a reply is generated, nor while it plays; afterwards the body goes on."""
    bench = Bench(IDLING, beats=5)
    bench.give(cmd.Configure(IDLING), cmd.TextIn("one"), cmd.Respond(0.0))
    assert bench.runner.idle_due_s(0.0) is None
    bench.finish()
    now_s = time.perf_counter()
    due_s = bench.runner.idle_due_s(now_s)
    assert due_s is not None
    assert 1.0 < due_s - now_s < 2.0
    bench.give(cmd.Playback(1, 32000, now_s))
    due_s = bench.runner.idle_due_s(now_s)
    assert due_s is not None and due_s <= now_s


def test_three_points_become_a_body() -> None:
    """Samples of trackers reach the conversation as solved poses; a model without a solver says so."""
    places, turns = joint_poses(wave(0.2))
    trackers = tracker_chunk(places, turns, np.arange(len(places)) / 30, np.ones((len(places), 3), np.bool_))
    bench = Bench()
    with pytest.raises(ProtocolError, match="three points"):
        bench.give(cmd.TrackersIn(trackers))
    solved = wave(0.2)
    bench.runner._dialogue.conversation.solve = lambda _: solved  # type: ignore[union-attr]
    bench.give(cmd.TrackersIn(trackers), cmd.Respond(0.0))
    whole = Bench()
    whole.give(cmd.MotionIn(solved), cmd.Respond(0.0))
    assert bench.finish().token_ids == whole.finish().token_ids
    assert not [out for out in bench.out if isinstance(out, op.UserBody)]


def test_a_mirror_shows_the_solved_body() -> None:
    """With `mirror` the poses made of three points come back, one after another on a clock of their own."""
    places, turns = joint_poses(wave(0.2))
    trackers = tracker_chunk(places, turns, np.arange(len(places)) / 30, np.ones((len(places), 3), np.bool_))
    bench = Bench()
    bench.give(cmd.Configure(MANUAL.model_copy(update={"mirror": True})))
    solved = wave(0.2)
    bench.runner._dialogue.conversation.solve = lambda _: solved  # type: ignore[union-attr]
    bench.give(cmd.TrackersIn(trackers), cmd.TrackersIn(trackers))
    bodies = [out for out in bench.out if isinstance(out, op.UserBody)]
    assert [(body.poses, body.sample) for body in bodies] == [(pack_poses(solved), 0), (pack_poses(solved), 3200)]


class LateReply:
    """Words only, for a while."""

    is_done = is_waiting = has_moved = False

    def wanted(self) -> None:
        """Nothing is drawn."""

    def take(self, token_id: int | None) -> list[OutputChunk]:
        return [TextDelta("said", "well")]

    def cancel(self) -> list[OutputChunk]:
        return [ReplyDone("cancelled", (), 0, 0)]


def test_a_late_reply_is_filled_with_a_gesture() -> None:
    """Until a reply moves the body it idles on, nods, and the response says so; from then on it does not."""
    bench = Bench(IDLING, beats=5)
    bench.give(cmd.Configure(IDLING), cmd.TextIn("one"), cmd.Respond(0.0))
    reply = bench.runner._answering.reply
    assert reply is not None
    reply.source = LateReply()
    conversation = bench.backend.conversations[0]
    told: list[tuple[bool, bool]] = []
    idle = conversation.idle
    conversation.idle = lambda listening, paused: (
        told.append((listening, paused))
        or idle(  # type: ignore[method-assign,func-returns-value]
            listening=listening, paused=paused
        )
    )
    assert len(idle_beats(bench, 1.0, 100.0)) >= 2
    assert set(told) == {(True, True)}
    assert reply.rules == ["filler_gesture"]
    reply.source.has_moved = True
    assert bench.runner.idle_due_s(101.0) is None
