import numpy as np

from solami import skeleton
from solami.body.gestures.gait import footing
from solami.body.gestures.idle import draw_style
from solami.body.gestures.legs import place_pelvis, solve_legs
from solami.body.gestures.pose import Side
from solami.body.kinematics import forward_kinematics

TIME = np.arange(30) / 30
STYLE = draw_style(np.random.default_rng(0))


def standing(drop: float, feet: dict[Side, np.ndarray]) -> np.ndarray:
    """Joints [T, 22, 3] of a body that stands so, lowered by `drop`."""
    turns = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (30, 55, 1))
    base = footing(TIME, ())
    shifts = np.tile(np.array([0.0, -drop, 0.0]), (30, 1))
    places = place_pelvis(turns[:, 0], shifts, base, feet, STYLE, 30.0)
    solve_legs(turns, places, base, feet, STYLE)
    return forward_kinematics(turns, places, 22)[1]


def level() -> dict[Side, np.ndarray]:
    return {"left": np.zeros((30, 5)), "right": np.zeros((30, 5))}


def test_soles_stay_flat_at_any_height() -> None:
    """Ankles and balls keep their height when the pelvis sinks."""
    for drop in (0.0, 0.2, 0.4):
        joints = standing(drop, level())[:, list(skeleton.CONTACT_JOINTS), 1]
        np.testing.assert_allclose(joints, [skeleton.CONTACT_HEIGHTS_M] * 30, atol=2e-3)


def test_knees_point_forward() -> None:
    """A lowered body's knees are before its ankles and hips."""
    joints = standing(0.3, level())
    for side in ("left", "right"):
        knee, ankle, hip = (joints[:, skeleton.INDEX[f"{side}_{n}"], 2] for n in ("knee", "ankle", "hip"))
        assert (knee > ankle + 0.1).all() and (knee > hip + 0.1).all()


def test_a_lifted_foot_leaves_the_other_on_the_floor() -> None:
    """The lifted ankle rises by the lift; the other one stays."""
    feet = level()
    feet["left"][:, 2] = 0.2
    joints = standing(0.02, feet)
    np.testing.assert_allclose(joints[:, skeleton.INDEX["left_ankle"], 1], 0.273, atol=2e-3)
    np.testing.assert_allclose(joints[:, skeleton.INDEX["right_ankle"], 1], 0.073, atol=2e-3)
