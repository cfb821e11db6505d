"""Turns of a real pipeline over fakes: trials that never were, barge-in, push-to-talk."""

import numpy as np
import pytest

from solami.frames import FloatArray
from solami.stream_server import commands as cmd
from solami.stream_server import outputs as op
from solami.stream_server.protocol import samples_to_pcm16
from solami.stream_server.settings import SessionSettings
from solami.stream_server.turns import TurnRunner

RATE = 16000
BASE = {"input_audio_format": {"rate": RATE}, "output_audio_rate": RATE}
VAD = SessionSettings.model_validate({**BASE, "turn_detection": {"type": "server_vad", "silence_duration_ms": 500}})
PUSH_TO_TALK = SessionSettings.model_validate({**BASE, "turn_detection": None})


class Bench:
    """A runner over the stage's pipeline."""

    def __init__(self, stage, settings: SessionSettings) -> None:  # type: ignore[no-untyped-def]
        self.stage, self.out = stage, list[op.Output]()
        self.runner = TurnRunner(stage.backend, settings, self.out.append, clock=stage.clock)
        self.runner.accept(cmd.Configure(settings))
        if self.runner._intake._ear.detector is not None:
            self.runner._intake._ear.detector._probability = lambda window: float(abs(window).max() > 0.05)

    def say(self, seconds: float, loud: bool) -> None:
        wave = 0.5 * loud * np.sign(np.sin(np.arange(round(seconds * RATE)) / 3.0))
        for part in np.array_split(wave.astype(np.float32), max(1, round(seconds / 0.02))):
            self.runner.accept(cmd.AudioIn(samples_to_pcm16(part)))
            self.stage.clock.now_s += len(part) / RATE

    def step(self, count: int = 10_000) -> None:
        for _ in range(count):
            if self.runner.need(self.stage.clock()) is None:
                return
            (token_id,) = self.stage.backend.draw([self.runner.wanted()])
            self.runner.take(token_id)

    def of(self, kind: type) -> list:  # type: ignore[type-arg]
        return [o for o in self.out if isinstance(o, kind)]

    def sound(self) -> FloatArray:
        return np.concatenate([np.frombuffer(o.pcm, "<i2") for o in self.of(op.ReplyAudio)])


def test_a_trial_that_was_taken_back_never_was(stage) -> None:  # type: ignore[no-untyped-def]
    """A turn with a pause on which a reply was tried holds the same ids as one in which none was."""
    held = []
    for tries in (True, False):
        bench = Bench(stage, VAD)
        bench.say(0.64, True)
        bench.say(0.3, False)
        if tries:
            assert bench.runner._answering.is_trial
            bench.step()
        else:
            bench.runner._intake.settle()
        bench.say(0.64, True)
        assert not bench.runner._answering.is_trial
        assert [type(o) for o in bench.out] == [op.Configured, op.SpeechEdge]
        conversation = bench.runner._dialogue.conversation
        conversation.end_turn()  # type: ignore[union-attr]
        held.append(stage.engine._states[conversation._context._slot].ids.copy())  # type: ignore[union-attr]
        bench.runner.close()
    assert held[0] == held[1]


def test_a_reply_begun_at_the_pause_is_there_when_the_turn_ends(stage) -> None:  # type: ignore[no-untyped-def]
    """No time passes between the end of the turn and the first sound, and the response says that it was begun early."""
    bench = Bench(stage, VAD)
    bench.say(0.64, True)
    bench.say(0.3, False)
    bench.step()
    assert bench.of(op.ReplyAudio) == []
    bench.say(0.3, False)
    kinds = [type(o) for o in bench.out]
    assert kinds.index(op.TurnEnded) < kinds.index(op.ReplyStarted) < kinds.index(op.ReplyMotion)
    assert kinds.index(op.ReplyMotion) < kinds.index(op.ReplyAudio)
    bench.step()
    assert bench.of(op.ReplyEnded)[-1].was_tried
    bench.runner.close()


def test_a_session_that_asks_itself_gets_no_reply_on_its_own(stage) -> None:  # type: ignore[no-untyped-def]
    """With create_response false a pause only ends the turn; response.create answers it."""
    bench = Bench(stage, SessionSettings.model_validate({**BASE, "turn_detection": {"create_response": False}}))
    bench.say(0.64, True)
    bench.say(0.8, False)
    assert len(bench.of(op.TurnEnded)) == 1
    assert bench.of(op.ReplyStarted) == []
    bench.runner.accept(cmd.Respond(stage.clock()))
    bench.step()
    assert bench.of(op.ReplyEnded)[-1].status == "completed"
    bench.runner.close()


def test_push_to_talk_interrupts_and_is_answered(stage) -> None:  # type: ignore[no-untyped-def]
    """Pressing cancels what is said, releasing commits and asks; both replies end, the second completed."""
    bench = Bench(stage, PUSH_TO_TALK)
    bench.say(0.5, True)
    bench.runner.accept(cmd.Respond(stage.clock()))
    bench.step(60)
    bench.runner.accept(cmd.Cancel(1))
    bench.say(0.5, True)
    bench.runner.accept(cmd.EndTurn(stage.clock()))
    bench.runner.accept(cmd.Respond(stage.clock()))
    bench.step()
    assert [o.status for o in bench.of(op.ReplyEnded)] == ["cancelled", "completed"]
    bench.runner.close()


def test_a_voice_cuts_history_to_what_was_heard(stage) -> None:  # type: ignore[no-untyped-def]
    """A barge-in keeps the beats that had begun to be heard, sound and motion, and not one more."""
    bench = Bench(stage, VAD)
    bench.say(0.64, True)
    bench.say(0.8, False)
    bench.step()
    begun_s = stage.clock()
    while stage.clock() < begun_s + 1.3:  # in its first second the ear may take a voice for our echo
        bench.say(0.02, False)
    bench.say(0.5, True)
    cut = bench.of(op.Truncated)[0]
    assert 1300 <= cut.audio_end_ms <= 2100
    conversation = bench.runner._dialogue.conversation
    turns = conversation._context._old.turns  # type: ignore[union-attr]
    speech = stage.backend.models.vocabulary.span("speech")
    kept_beats = sum(i in speech for i in turns[-1].ids) / 10
    assert kept_beats == np.ceil(cut.audio_end_ms / 400)
    bench.runner.close()


@pytest.mark.parametrize("command", [cmd.TextIn("hi"), cmd.EndTurn(0.0), cmd.Respond(0.0), cmd.ClearInput()])
def test_a_client_that_decides_during_a_trial_is_obeyed(stage, command: cmd.Command) -> None:  # type: ignore[no-untyped-def]
    """Typing, committing, asking or clearing while a reply is tried takes the trial back first."""
    bench = Bench(stage, VAD)
    bench.say(0.64, True)
    bench.say(0.3, False)
    bench.step(20)
    assert bench.runner._answering.is_trial
    bench.runner.accept(command)
    assert not bench.runner._answering.is_trial
    bench.step()
    assert len(bench.of(op.ReplyStarted)) == len(bench.of(op.ReplyEnded)) == int(isinstance(command, cmd.Respond))
    bench.runner.close()


def test_who_says_nothing_is_spoken_to_again(stage) -> None:  # type: ignore[no-untyped-def]
    """With idle_timeout_ms the character speaks again when its words were played and nobody answered."""
    settings = {"type": "server_vad", "silence_duration_ms": 500, "idle_timeout_ms": 2000}
    bench = Bench(stage, SessionSettings.model_validate({**BASE, "turn_detection": settings}))
    bench.say(3.0, False)
    assert bench.of(op.InputTimeout) == []
    bench.say(0.64, True)
    bench.say(0.8, False)
    bench.step()
    assert len(bench.of(op.ReplyEnded)) == 1
    while not bench.of(op.InputTimeout):
        bench.say(0.02, False)
    assert not bench.runner._answering.is_trial
    (timeout,) = bench.of(op.InputTimeout)
    assert 2000 <= timeout.end_ms - timeout.start_ms < 2100
    played_ms = sum(len(o.pcm) for o in bench.of(op.ReplyAudio)) / 2 / RATE * 1000
    assert timeout.start_ms > 3000 + 640 + played_ms
    bench.step()
    assert [o.turn for o in bench.of(op.TurnEnded)] == [1, 2]
    assert [o.status for o in bench.of(op.ReplyEnded)] == ["completed", "completed"]
    bench.runner.close()


def test_the_clock_of_the_users_audio_goes_on(stage) -> None:  # type: ignore[no-untyped-def]
    """Other settings between turns do not set the times of edges back."""
    bench = Bench(stage, VAD)
    bench.say(2.0, False)
    bench.runner.accept(cmd.Configure(VAD.model_copy(update={"idle_motion": True})))
    bench.runner._intake._ear.detector._probability = lambda window: float(abs(window).max() > 0.05)  # type: ignore[union-attr]
    bench.say(0.64, True)
    (started,) = bench.of(op.SpeechEdge)
    assert 1900 <= started.at_ms <= 2100
    bench.runner.close()
