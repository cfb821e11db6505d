"""The user's streams become whole beats of all declared modalities, the shorter one filled."""

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.llm.turns import Beat
from solami.pipeline.user_beats import UserBeats
from solami.tokenizers.base import MotionEncoder
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer

SPEECH, MOTION = DummySpeechTokenizer(), DummyMotionTokenizer()
TONE = 0.25 * np.sin(2 * np.pi * 400 * np.arange(16_000) / 16_000).astype(np.float32)  # 2.5 beats
WAVE = wave(1.0, seed=0)  # 30 poses, 2.5 beats


def speech_of(beats: tuple[Beat, ...]) -> list[int]:
    """All speech codes in order."""
    return [int(code) for beat in beats if beat.speech is not None for code in beat.speech[0]]


def test_a_beat_waits_for_every_stream() -> None:
    """Speech alone fills no beat of a turn that also declares a body."""
    streams = UserBeats(SPEECH, MOTION, hears=True, sees=True)
    assert streams.push_audio(TONE) == ()
    assert len(streams.push_motion(WAVE)) == 2
    assert len(streams.finish()) == 1


@pytest.mark.parametrize(("hears", "sees"), [(True, False), (False, True)])
def test_one_stream_alone_fills_its_beats(hears: bool, sees: bool) -> None:
    """A turn of one modality has beats of that modality only."""
    streams = UserBeats(SPEECH, MOTION, hears=hears, sees=sees)
    beats = streams.push_audio(TONE) if hears else streams.push_motion(WAVE)
    beats += streams.finish()
    assert len(beats) == 3
    assert all((b.speech is not None, b.body is not None) == (hears, sees) for b in beats)


def test_the_shorter_stream_is_filled() -> None:
    """Missing speech is silence and missing poses hold the last one, up to the longer stream's last beat."""
    streams = UserBeats(SPEECH, MOTION, hears=True, sees=True)
    beats = (*streams.push_motion(wave(2.0, seed=0)), *streams.push_audio(TONE), *streams.finish())
    assert len(beats) == 5
    assert set(speech_of(beats)[:25]) == {9} and set(speech_of(beats)[25:]) == {0}
    held = UserBeats(SPEECH, MOTION, hears=True, sees=True)
    beats = (*held.push_audio(np.tile(TONE, 3)), *held.finish())
    assert len(beats) == 8 and len({beat.body.tobytes() for beat in beats if beat.body is not None}) == 1


def test_an_empty_turn_has_no_beats() -> None:
    """Typed text, and streams that brought nothing, give no beat."""
    assert UserBeats(SPEECH, MOTION, hears=False, sees=False).finish() == ()
    assert UserBeats(SPEECH, MOTION, hears=True, sees=True).finish() == ()


def test_a_copy_shares_what_the_tokenizers_share() -> None:
    """A turn that is tried out goes on apart from its copy, which holds no second network."""

    class Network:
        def __deepcopy__(self, memo: dict[int, object]) -> None:
            pytest.fail("a network was copied")

    class Networked(DummyMotionTokenizer):
        network = Network()

        @property
        def shared(self) -> tuple[object, ...]:
            return (self, self.network)

        def encoder(self) -> MotionEncoder:
            encoder = super().encoder()
            vars(encoder)["network"] = self.network
            return encoder

    streams = UserBeats(SPEECH, Networked(), hears=False, sees=True)
    streams.push_motion(WAVE)
    copied = streams.copied()
    assert len(streams.push_motion(WAVE)) == len(copied.push_motion(WAVE)) == 3
