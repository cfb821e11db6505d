import numpy as np
import pytest

from solami import skeleton
from solami.body.geometry import Array, rotate
from solami.body.gestures.catalogue import perform
from solami.body.kinematics import forward_kinematics

SEEDS = (0, 1)
FACE = np.array([0.0, 0.06, 0.10])  # from the head joint


def world(caption: str, seed: int) -> tuple[Array, Array, int]:
    """World turns and joints, and the frame of the stroke."""
    performance = perform(caption, seed)
    motion = performance.motion
    turns, places = forward_kinematics(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    return turns, places, round((performance.stroke_s or 0) * motion.fps)


def palm(turns: Array, places: Array, side: str) -> Array:
    """Middle of the palm's skin [T, 3]."""
    wrist = skeleton.INDEX[f"{side}_wrist"]
    out = np.array([0.085 if side == "left" else -0.085, -0.018, 0.0])
    return places[:, wrist] + rotate(turns[:, wrist], np.broadcast_to(out, (len(places), 3)))


def point(turns: Array, places: Array, joint: str, offset: Array) -> Array:
    i = skeleton.INDEX[joint]
    return places[:, i] + rotate(turns[:, i], np.broadcast_to(offset, (len(places), 3)))


@pytest.mark.parametrize("seed", SEEDS)
def test_clapping_hands_meet(seed: int) -> None:
    """The palms meet within two centimetres several times, and part in between."""
    turns, places, _ = world("claps", seed)
    apart = np.linalg.norm(palm(turns, places, "left") - palm(turns, places, "right"), axis=1)
    meets = (apart[1:-1] < 0.03) & (apart[1:-1] <= apart[:-2]) & (apart[1:-1] < apart[2:])
    assert np.count_nonzero(meets) >= 4
    assert apart.min() < 0.02
    first, last = np.flatnonzero(meets)[[0, -1]]
    assert apart[first:last].max() > 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_hands_cover_the_face(seed: int) -> None:
    """Both palms are within seven centimetres of the face."""
    turns, places, stroke = world("covers the face", seed)
    face = point(turns, places, "head", FACE)
    for side in ("left", "right"):
        assert np.linalg.norm(palm(turns, places, side) - face, axis=1)[stroke + 8] < 0.07


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hand_lies_on_the_chest(seed: int) -> None:
    """One palm is on the front of the chest."""
    turns, places, stroke = world("puts a hand on the chest", seed)
    chest = point(turns, places, "spine3", np.array([0.0, 0.05, 0.105]))
    near = min(np.linalg.norm(palm(turns, places, s) - chest, axis=1)[stroke + 8] for s in ("left", "right"))
    assert near < 0.06


@pytest.mark.parametrize("seed", SEEDS)
def test_salutes_and_chins(seed: int) -> None:
    """A saluting right fingertip is at the brow, a thinking hand at the chin."""
    turns, places, stroke = world("salutes", seed)
    brow = point(turns, places, "head", np.array([-0.06, 0.11, 0.09]))
    assert np.linalg.norm(places[:, skeleton.INDEX["right_middle3"]] - brow, axis=1)[stroke + 8] < 0.07
    turns, places, stroke = world("thinks with a hand on the chin", seed)
    chin = point(turns, places, "head", np.array([0.0, -0.04, 0.09]))
    near = [np.linalg.norm(palm(turns, places, s) - chin, axis=1)[stroke + 8] for s in ("left", "right")]
    assert min(near) < 0.08


@pytest.mark.parametrize("seed", SEEDS)
def test_hands_stand_on_the_hips(seed: int) -> None:
    """Both palms are beside the pelvis, the elbows far outside."""
    turns, places, stroke = world("puts both hands on the hips", seed)
    for side, way in (("left", 1), ("right", -1)):
        hip = point(turns, places, "pelvis", np.array([0.15 * way, 0.06, 0.03]))
        assert np.linalg.norm(palm(turns, places, side) - hip, axis=1)[stroke + 8] < 0.05
        assert abs(places[stroke + 8, skeleton.INDEX[f"{side}_elbow"], 0]) > 0.25
