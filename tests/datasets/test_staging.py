import os
import random
from pathlib import Path

import numpy as np
import pytest

from solami.body.geometry import angle_between
from solami.body.procedural import idle, wave
from solami.datasets.motion import load_motion_clips
from solami.datasets.sources import BESIDE_CHECKOUT
from solami.datasets.staging import Stage, join_smoothly, staged_placement
from solami.frames import MotionChunk

PACK = Path(os.environ.get("SOLAMI_DATA") or BESIDE_CHECKOUT)


def largest_step(motion: MotionChunk) -> tuple[float, float]:
    turn = angle_between(motion.rotations[:-1].astype(np.float64), motion.rotations[1:].astype(np.float64))
    return float(turn.max()), float(np.abs(np.diff(motion.translation, axis=0)).max())


def test_a_join_has_no_seam() -> None:
    """Two clips far apart in the room join without a jump of joints or of the pelvis."""
    first = idle(1.0)
    far = wave(2.0, seed=3)
    second = MotionChunk(far.rotations[20:].copy(), far.translation[20:] + np.array([3, 0, 2], np.float32))
    joined = join_smoothly(first, second)
    assert len(joined.rotations) == len(first.rotations) + len(second.rotations) - 8
    turn, shift = largest_step(joined)
    assert turn < 0.45 and shift < 0.03


def test_staged_people_face_each_other() -> None:
    """Placements lie within talking distance and face the other one."""
    placements = [staged_placement(random.Random(i)) for i in range(50)]
    assert all(1.2 <= p.distance_m <= 2 and abs(p.bearing_rad) < 0.8 and abs(p.facing_rad) < 0.8 for p in placements)


@pytest.mark.skipif(not PACK.is_dir(), reason="needs the data pack (SOLAMI_DATA)")
def test_a_stage_finds_and_makes_motion() -> None:
    """A known caption finds its clip, an unknown one falls back to talking, and runs are seamless and repeatable."""
    stage = Stage([clip for clip in load_motion_clips(PACK) if clip.split == "train"])
    staged = stage.choose("waves with the left hand", random.Random(0), talks=True)
    assert stage.choose("covers the face", random.Random(0), talks=True).key.startswith("clip:procedural/")
    assert "left hand" in staged.caption and "wav" in staged.caption
    assert stage.choose("xyzzy", random.Random(0), talks=True).key.startswith("talk:")
    run = stage.make(staged.key)
    assert largest_step(run)[0] < 0.7
    np.testing.assert_array_equal(run.rotations, stage.make(staged.key).rotations)


def test_a_stage_needs_no_pack() -> None:
    """Without a single captured clip there is procedural motion for captions, talk and idle."""
    stage = Stage([])
    staged = stage.choose("claps twice and smiles", random.Random(0), talks=False)
    assert staged.caption == "claps" and staged.seconds > 1
    run = stage.make(staged.key)
    assert largest_step(run)[0] < 0.7
    assert len(run.rotations) > 30 * staged.seconds
