import numpy as np
import pytest

from solami import skeleton
from solami.body.geometry import angle_between
from solami.body.kinematics import forward_kinematics
from solami.body.leg_ik import ANKLES, HIPS, leg_reach_m, reach
from solami.body.procedural import wave


def _pose(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    motion = wave(1.0)
    rotations = motion.rotations.astype(np.float64) + 0.15 * rng.standard_normal((30, 55, 4))
    return rotations / np.linalg.norm(rotations, axis=-1, keepdims=True), motion.translation.astype(np.float64)


@pytest.mark.parametrize("side", [0, 1])
def test_the_ankle_reaches_its_target_and_the_foot_keeps_its_direction(side: int) -> None:
    """Within reach the ankle lands within 2 mm of the target; the foot's direction and all other joints stay."""
    rotations, translation = _pose(side)
    world, before = forward_kinematics(rotations, translation, 22)
    targets = before[:, ANKLES[side]] + np.random.default_rng(5).uniform(-0.06, 0.06, (30, 3))
    away = targets - before[:, HIPS[side]]
    targets = (
        before[:, HIPS[side]] + away * np.minimum(1, 0.99 * leg_reach_m(side) / np.linalg.norm(away, axis=1))[:, None]
    )
    made = reach(rotations, world, before, side, targets)
    turned, after = forward_kinematics(made, translation, 22)
    np.testing.assert_allclose(after[:, ANKLES[side]], targets, atol=2e-3)
    assert angle_between(turned[:, ANKLES[side]], world[:, ANKLES[side]]).max() < 1e-6
    leg = {skeleton.INDEX[f"{('left', 'right')[side]}_{n}"] for n in ("knee", "ankle", "foot")}
    others = [j for j in range(22) if j not in leg]
    np.testing.assert_allclose(after[:, others], before[:, others], atol=1e-9)


def test_targets_out_of_reach_stretch_the_leg() -> None:
    """A target too far away is approached along its direction, with nothing torn."""
    rotations, translation = _pose(3)
    world, before = forward_kinematics(rotations, translation, 22)
    targets = before[:, HIPS[0]] + np.array([0.3, -1.5, 0.2])
    _, after = forward_kinematics(reach(rotations, world, before, 0, targets), translation, 22)
    leg = after[:, ANKLES[0]] - before[:, HIPS[0]]
    np.testing.assert_allclose(np.linalg.norm(leg, axis=1), leg_reach_m(0), atol=1e-6)
    np.testing.assert_allclose(
        leg / leg_reach_m(0), np.tile([0.3, -1.5, 0.2], (30, 1)) / np.linalg.norm([0.3, -1.5, 0.2]), atol=1e-6
    )


def test_unmoved_targets_change_nothing() -> None:
    """An ankle asked to stay where it is keeps every rotation."""
    rotations, translation = _pose(4)
    world, before = forward_kinematics(rotations, translation, 22)
    made = reach(rotations, world, before, 1, before[:, ANKLES[1]])
    assert angle_between(made, rotations).max() < 1e-5
