import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solami import skeleton
from solami.body.geometry import Array, angle_between, axis_angle_to_quaternion, conjugate, normalise, rotate
from solami.body.kinematics import forward_kinematics
from solami.body.rest import rest_positions
from solami.body.rest_alignment import alignments, frontal_swing, settle_head, swing

ALL = {i: i for i in range(55)}
IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])
J = skeleton.INDEX
directions = (
    arrays(np.float64, (3,), elements=st.floats(-1, 1)).filter(lambda v: np.linalg.norm(v) > 0.1).map(normalise)
)


@given(directions, directions)
@settings(max_examples=60, deadline=None)
def test_swings_turn_the_one_onto_the_other(a: Array, b: Array) -> None:
    """Both swings arrive, and the plain one takes no longer way than the angle between."""
    for turn in (swing(a, b), frontal_swing(a, b)):
        np.testing.assert_allclose(rotate(turn, a), b, atol=1e-6)
    assert angle_between(swing(a, b), IDENTITY) <= np.arccos(np.clip(a @ b, -1, 1)) + 1e-5


def test_opposite_directions_have_a_swing_too() -> None:
    """Half a turn, about some axis."""
    for a in np.eye(3):
        np.testing.assert_allclose(rotate(swing(a, -a), a), -a, atol=1e-12)


def test_our_own_rest_pose_needs_nothing_and_neither_do_similar_builds() -> None:
    """A T-pose whose arms are a little straighter than ours means the same."""
    assert all(angle_between(q, IDENTITY) < 1e-6 for q in alignments(rest_positions(), ALL, {}, None).values())
    straight = rest_positions().copy()
    straight[[J["left_elbow"], J["left_wrist"]], 1:] = straight[J["left_shoulder"], 1:]
    assert angle_between(alignments(straight, ALL, {}, None)[J["left_shoulder"]], IDENTITY) < 1e-6


def _posed(turns: dict[str, Array]) -> tuple[Array, Array]:
    """World rotations and positions of our rest pose with some joints turned."""
    local = np.tile(IDENTITY, (1, 55, 1))
    for name, turn in turns.items():
        local[0, J[name]] = turn
    world, positions = forward_kinematics(local)
    return world[0], positions[0]


def test_lowered_arms_are_aligned_whole() -> None:
    """An A-pose is our T-pose with the arm, its hand and its fingers turned as one."""
    down = axis_angle_to_quaternion(np.array([0.0, 0.0, -0.8]))
    _, positions = _posed({"left_shoulder": down})
    found = alignments(positions, ALL, {}, None)
    for name in ("left_shoulder", "left_elbow", "left_wrist", "left_index2", "left_thumb1"):
        assert angle_between(found[J[name]], down) < 1e-6
    assert angle_between(found[J["right_shoulder"]], IDENTITY) < 1e-6


def test_a_turned_palm_shows_in_its_fingers() -> None:
    """Palms forward in the rest pose: the hand is turned about the forearm by what its knuckles say."""
    turn = axis_angle_to_quaternion(np.array([1.4, 0.0, 0.0]))
    _, positions = _posed({"left_wrist": turn})
    found = alignments(positions, ALL, {}, None)
    assert angle_between(found[J["left_wrist"]], turn) < 1e-6


def test_a_head_turned_in_the_reference_looks_ahead_on_average() -> None:
    """What a head does in the reference frame is not taken for its rest."""
    away = axis_angle_to_quaternion(np.array([0.0, 0.7, 0.0]))
    turns = {joint: np.tile(IDENTITY, (9, 1)) for joint in ALL}
    turns[J["head"]] = np.tile(conjugate(away), (9, 1))
    found = dict.fromkeys(ALL, IDENTITY)
    settle_head(found, turns)
    assert angle_between(found[J["head"]], away) < 1e-6 and angle_between(found[J["neck"]], IDENTITY) < 1e-6
