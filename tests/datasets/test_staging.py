import os
import random
from pathlib import Path

import numpy as np
import pytest

from solami.body.geometry import angle_between
from solami.body.procedural import idle, wave
from solami.datasets.motion import MotionClip, load_motion_clips
from solami.datasets.procedural_clips import canonical_action
from solami.datasets.sources import BESIDE_CHECKOUT
from solami.datasets.staging import Stage, join_smoothly
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


def test_a_line_gets_a_gesture_that_ends_in_time() -> None:
    """Among takes that show a caption alike, one that does not outlast the line by much is chosen."""
    stage = Stage([])
    lengths = {stage.choose("walks in a circle", random.Random(i), talks=True).seconds for i in range(40)}
    limit = sorted(lengths)[len(lengths) // 3]
    short = [stage.choose("walks in a circle", random.Random(i), talks=True, seconds=limit - 1.2) for i in range(20)]
    assert max(clip.seconds for clip in short) <= limit < max(lengths)


@pytest.mark.skipif(not PACK.is_dir(), reason="needs the data pack (SOLAMI_DATA)")
def test_canonical_captions_get_their_own_action() -> None:
    """A capture whose tag names another action never stands for a canonical caption."""
    stage = Stage([clip for clip in load_motion_clips(PACK) if clip.split == "train"])
    for caption in ("crosses the arms", "nods", "jumps", "waves with the right hand"):
        for seed in range(12):
            chosen = stage.choose(caption, random.Random(seed), talks=True)
            clip = stage.clips[chosen.key.split(":")[1]]
            assert clip.action == canonical_action(caption) or clip.id.startswith("procedural/")


def half(name: str, pair: str | None, caption: str) -> MotionClip:
    return MotionClip(name, Path(name), caption, "dance", 4.0, None, False, pair, "train", "MIT")


def test_pairs_dance_together() -> None:
    """Where both captions are shown by one recording, user and character take its two halves."""
    stage = Stage(
        [half("a", "p", "leads a waltz"), half("b", "p", "follows a waltz"), half("c", None, "leads a waltz")]
    )
    assert {(user.key, agent.key) for user, agent in stage.duets} == {
        ("clip:a:plain", "clip:b:plain"),
        ("clip:b:plain", "clip:a:plain"),
    }
    found = stage.duet("leads a waltz", "follows a waltz", random.Random(0))
    assert found is not None and found[0].key != found[1].key
    assert stage.duet("nods", "follows a waltz", random.Random(0)) is None
    assert stage.duet("", "follows a waltz", random.Random(0)) is None
