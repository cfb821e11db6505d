"""Events as signals on one clock."""

from collections.abc import Callable

import numpy as np
import pytest

from solami.frames import AudioChunk, Codes, MotionChunk, TextDelta
from solami.llm.parser import MotionReady, SpeechReady
from solami.pipeline.performance import Decoders, Performance
from solami.tokenizers.base import Voice
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer

SPEECH, MOTION = DummySpeechTokenizer(), DummyMotionTokenizer()
BEAT = 6400


def codes(modality: str, seed: int, frames: int) -> Codes:
    """Random codes of one beat."""
    spec = {"speech": SPEECH.spec, "body": MOTION.body_spec, "hands": MOTION.hands_spec}[modality]
    values = np.random.default_rng(seed).integers(0, spec.codebook_size, (spec.num_codebooks, frames), np.int32)
    return Codes(spec.modality, values, spec.frame_rate)


def beat(performance: Performance, seed: int) -> list[object]:
    """A word, motion and sound."""
    given: list[object] = list(performance.push(TextDelta("said", "hi")))
    given += performance.push(MotionReady(codes("body", seed, 3), codes("hands", seed, 3)))
    given += performance.push(SpeechReady(codes("speech", seed, 10)))
    return given + list(performance.close_beat(19 * (1 + len(performance.marks))))


@pytest.fixture
def build() -> Callable[[], Performance]:
    """A fresh one."""

    def made() -> Performance:
        voice = SPEECH.decoder(Voice("any", np.ones(1, np.float32)))
        return Performance(Decoders(voice, MOTION.decoder(), MOTION, SPEECH.sample_rate), 3)

    return made


def test_every_beat_is_stamped_and_marked(build: Callable[[], Performance]) -> None:
    """Sound is gapless, motion starts with its beat, and a mark ends each."""
    performance = build()
    given = [chunk for seed in range(3) for chunk in beat(performance, seed)]
    assert [c.start_sample for c in given if isinstance(c, AudioChunk)] == [0, BEAT, 2 * BEAT]
    assert [c.start_sample for c in given if isinstance(c, MotionChunk)] == [0, BEAT, 2 * BEAT]
    assert [mark.sample for mark in performance.marks] == [0, BEAT, 2 * BEAT, 3 * BEAT]
    assert performance.samples == 3 * BEAT


def test_what_is_held_comes_out_as_it_would_have(build: Callable[[], Performance]) -> None:
    """Holding a beat changes when it is given and nothing else."""
    plain, held = build(), build()
    held.hold()
    assert beat(held, 1) == []
    assert held.last_shown is None
    assert len(held.marks) == 1
    released, straight = held.release(), beat(plain, 1)
    assert [type(c) for c in released] == [type(c) for c in straight]
    for a, b in zip(released, straight, strict=True):
        if isinstance(a, AudioChunk) and isinstance(b, AudioChunk):
            np.testing.assert_array_equal(a.samples, b.samples)
        if isinstance(a, MotionChunk) and isinstance(b, MotionChunk):
            np.testing.assert_array_equal(a.rotations, b.rotations)
    assert [mark.length for mark in held.marks] == [mark.length for mark in plain.marks]


def test_the_pose_that_is_shown_follows_the_sound(build: Callable[[], Performance]) -> None:
    """At sample s pose s * fps / rate is shown, the last one beyond the end, none before any motion."""
    performance = build()
    assert performance.shown_at(0) is None
    poses = [c for seed in range(2) for c in beat(performance, seed) if isinstance(c, MotionChunk)]
    for sample, chunk, index in ((0, 0, 0), (3200, 0, 6), (BEAT, 1, 0), (BEAT + 3300, 1, 6), (10**6, 1, 11)):
        shown = performance.shown_at(sample)
        assert shown is not None
        np.testing.assert_array_equal(shown.rotations.astype(np.float32), poses[chunk].rotations[index])
