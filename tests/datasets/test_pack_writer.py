from pathlib import Path

import numpy as np
import pytest

from solami.body.measures import body_positions
from solami.body.pack import read_index
from solami.body.procedural import wave
from solami.body.standing import moved, placement_between
from solami.datasets.motion import load_motion_clips
from solami.datasets.pack_writer import MotionRow, PackWriter, SpeechRow, grounded
from solami.datasets.speech import load_human_lines
from solami.frames import AudioChunk, MotionChunk


def far_off(motion: MotionChunk) -> MotionChunk:
    shown = moved(motion, 1.2, 3.0, -2.0)
    return MotionChunk(shown.rotations, shown.translation + np.array([0, 0.7, 0], np.float32), shown.fps)


def test_a_grounded_clip_starts_over_the_origin_on_the_floor() -> None:
    """Wherever it was recorded, it starts over the origin facing +Z, soles near the floor, otherwise unchanged."""
    motion = wave(1.0, seed=4)
    put = grounded(far_off(motion))
    np.testing.assert_allclose(put.translation[0, ::2], 0, atol=1e-5)
    np.testing.assert_allclose(grounded(motion).translation, put.translation, atol=1e-3)
    assert 0 <= float(np.median(body_positions(put)[..., 1].min(axis=1))) < 0.05


def test_both_of_a_pair_are_put_together() -> None:
    """Grounding the second like the first leaves where they stand to each other alone."""
    first, second = far_off(wave(1.0, seed=1)), moved(wave(1.0, seed=2), 2.5, 3.5, -1.0)
    before = placement_between(first, second)
    after = placement_between(grounded(first), grounded(second, first))
    assert after.distance_m == pytest.approx(before.distance_m, abs=1e-3)
    assert after.bearing_rad == pytest.approx(before.bearing_rad, abs=1e-3)


def test_what_is_written_is_read_as_a_pack(tmp_path: Path) -> None:
    """Clips and recordings come back through the pack's own readers; a second writer knows what is there."""
    writer = PackWriter(tmp_path)
    row = MotionRow("x/a", "x", "waves", "val", "a.bvh", "MIT", True, pair_id="p", pair_role="a")
    writer.add_motion(row, wave(1.0))
    audio = AudioChunk(np.full(8000, 0.1, np.float32), 16_000)
    writer.add_speech(SpeechRow("s-1", "Hello.", "7", "test", "corpus", "CC0 1.0", "F"), audio)
    clip, human = load_motion_clips(tmp_path)[0], load_human_lines(tmp_path)[0]
    assert (clip.caption, clip.pair_id, clip.split, len(clip.read().rotations)) == ("waves", "p", "val", 30)
    assert read_index(tmp_path / "motion")[0].pair_role == "a"
    assert (human.text, human.speaker, human.seconds, len(human.load().samples)) == ("Hello.", "7", 0.5, 8000)
    again = PackWriter(tmp_path)
    assert again.has("motion", "x/a") and again.has("speech", "s-1") and not again.has("motion", "x/b")
