"""Input on its way into a dialogue; when it waits is tested in test_turns, how voices are found in test_hearing."""

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.errors import ProtocolError
from solami.stream_server import commands as cmd
from solami.stream_server import outputs as op
from solami.stream_server.dialogue import Dialogue
from solami.stream_server.intake import Intake
from solami.stream_server.load import Load
from solami.stream_server.pacing import Pacing
from solami.stream_server.protocol import samples_to_pcm16
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.settings import SessionSettings

SOUND = {"input_audio_format": {"rate": 16000}, "input_motion": {}}
PCM = samples_to_pcm16(np.sin(np.arange(3200) / 7).astype(np.float32))


class Stage:
    """A dialogue and what feeds it."""

    def __init__(self, **settings: object) -> None:
        self.out: list[op.Output] = []
        backend = ScriptedBackend()
        chosen = SessionSettings.model_validate({**SOUND, **settings})
        self.dialogue = Dialogue(backend, chosen, self.out.append, Load(Pacing()), lambda: 0.0)
        self.intake = Intake(self.dialogue, backend.sample_rate, self.out.append)


def test_where_the_client_decides_anything_opens_the_turn() -> None:
    """Without turn detection sound or poses begin a turn, and its end has to be told."""
    for command in (cmd.AudioIn(PCM), cmd.MotionIn(wave(0.2))):
        stage = Stage(turn_detection=None)
        assert not stage.intake.is_listening
        phases = [stage.dialogue.phase]
        for each in (command, cmd.EndTurn(0.0)):
            stage.intake.take(each)
            phases.append(stage.dialogue.phase)
        assert phases == ["idle", "listening", "ready"]


def test_where_the_server_listens_poses_wait_for_a_voice() -> None:
    """With turn detection poses are kept until somebody speaks; they open nothing."""
    stage = Stage()
    assert stage.intake.is_listening
    stage.intake.take(cmd.MotionIn(wave(0.2)))
    stage.intake.hear(samples_to_pcm16(np.zeros(3200, np.float32)))
    assert stage.dialogue.phase == "idle"


def test_a_typed_turn_takes_words_alone() -> None:
    """Sound and poses that come into a turn of typed words are passed over; once it is cleared nothing is left."""
    stage = Stage(turn_detection=None)
    for command in (cmd.TextIn("hi"), cmd.AudioIn(PCM), cmd.MotionIn(wave(0.2))):
        stage.intake.take(command)
    assert stage.dialogue.is_typed
    stage.intake.take(cmd.ClearInput())
    assert stage.dialogue.phase == "idle"
    with pytest.raises(ProtocolError, match="no input"):
        stage.intake.take(cmd.EndTurn(0.0))


def test_the_clock_goes_on_through_failures_and_heirs() -> None:
    """What was heard is forgotten, how long the session has listened is not."""
    stage, heir = Stage(), Stage()
    stage.intake.hear(samples_to_pcm16(np.zeros(16000, np.float32)))
    stage.intake.renew()
    heir.intake.inherit(stage.intake)
    assert heir.intake._ear.now_ms == stage.intake._ear.now_ms == pytest.approx(1000, abs=40)
