from dataclasses import replace

import numpy as np

from solami.body.foot_lock import FootLock, planted
from solami.body.measures import body_positions, foot_skate_ratio
from solami.body.procedural import wave
from solami.body.timing import cut
from solami.frames import MotionChunk

FEET = [10, 11]


def _sliding() -> MotionChunk:
    """Somebody who waves while the whole body drifts some centimetres to and fro."""
    motion = wave(4.0)
    t = np.arange(len(motion.rotations)) / motion.fps
    drift = np.stack([0.03 * np.sin(4 * t), 0 * t, 0.02 * np.sin(3 * t)], axis=1)
    return replace(motion, translation=(motion.translation + drift).astype(np.float32))


def test_standing_feet_stop_sliding() -> None:
    """Feet that drift under a standing body slide less than a tenth as fast, and hardly at all."""
    source = _sliding()
    locked = FootLock().push(source)
    assert foot_skate_ratio(source, locked) < 0.25
    feet = body_positions(locked)[10:, FEET]
    assert np.ptp(feet[..., 0], axis=0).max() < 0.004 and np.ptp(feet[..., 2], axis=0).max() < 0.004


def test_the_rest_of_the_body_stays() -> None:
    """Hips and everything above move less than a centimetre, feet keep their height."""
    source = _sliding()
    before, after = (body_positions(m) for m in (source, FootLock().push(source)))
    upper = [j for j in range(22) if j not in (4, 5, 7, 8, 10, 11)]
    assert np.linalg.norm(before[:, upper] - after[:, upper], axis=-1).max() < 0.01
    assert np.abs(before[:, FEET, 1] - after[:, FEET, 1]).max() < 0.015


def test_chunks_give_what_the_whole_gives() -> None:
    """Pushed in pieces the poses are those of one push: the stage is causal and needs no delay."""
    source, lock = _sliding(), FootLock()
    pieces = [lock.push(cut(source, i, min(i + 7, 120))) for i in range(0, 120, 7)]
    whole = FootLock().push(source)
    np.testing.assert_array_equal(np.concatenate([p.rotations for p in pieces]), whole.rotations)
    np.testing.assert_array_equal(np.concatenate([p.translation for p in pieces]), whole.translation)


def test_a_walking_body_keeps_walking() -> None:
    """Feet that move fast or high are not planted, and are not held."""
    source = wave(1.0)
    step = np.arange(30)[:, None] / 30 * np.array([0.0, 0.0, 2.0])
    fast = replace(source, translation=(source.translation + step).astype(np.float32))
    high = replace(source, translation=(source.translation + np.array([0, 0.2, 0])).astype(np.float32))
    assert planted(source).all() and not planted(high).any() and not planted(fast)[1:].any()
    np.testing.assert_allclose(body_positions(FootLock().push(high)), body_positions(high), atol=1e-5)
    np.testing.assert_allclose(body_positions(FootLock().push(fast))[20:], body_positions(fast)[20:], atol=5e-3)


def test_corrections_come_and_go_smoothly() -> None:
    """Where a held foot is let go there is no jump: it moves at most as fast as the body fled, and a little more."""
    source = wave(2.0)
    push = np.clip(np.arange(60) / 30 - 0.5, 0, 1)[:, None] * np.array([0.5, 0.0, 0.0])
    source = replace(source, translation=(source.translation + push).astype(np.float32))
    feet = body_positions(FootLock().push(source))[:, FEET]
    speeds = np.linalg.norm(np.diff(feet, axis=0), axis=-1) * 30
    assert speeds.max() < 2.0
