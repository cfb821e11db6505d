"""Poses on the wire."""

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.errors import ProtocolError
from solami.skeleton import JOINT_NAMES
from solami.stream_server.vrm import BONES, POSE_BYTES, pack_poses, unpack_poses


def test_poses_round_trip() -> None:
    """What is packed is unpacked, rotation by rotation."""
    motion = wave(0.5)
    back = unpack_poses(pack_poses(motion), 30.0, 7)
    np.testing.assert_allclose(back.rotations, motion.rotations, atol=1e-6)
    np.testing.assert_array_equal(back.translation, motion.translation)
    assert back.start_sample == 7 and len(pack_poses(motion)) == 15 * POSE_BYTES


def test_bones_stand_where_their_joints_do() -> None:
    """The wire's order is SMPL-X order under VRM names."""
    named = dict(zip(JOINT_NAMES, BONES, strict=True))
    assert (named["pelvis"], named["spine3"], named["left_collar"]) == ("hips", "upperChest", "leftShoulder")
    assert (named["right_pinky1"], named["left_thumb1"]) == ("rightLittleProximal", "leftThumbMetacarpal")


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, 2.0])
def test_bad_values_are_refused(value: float) -> None:
    """NaN, infinity and quaternions that are not unit are named as invalid motion."""
    flat = np.full(POSE_BYTES // 4, value, "<f4")
    with pytest.raises(ProtocolError) as caught:
        unpack_poses(flat.tobytes(), 30.0)
    assert caught.value.code == "invalid_motion"


@pytest.mark.parametrize(("at", "value"), [(0, 2e4), (2, -3e38), (3, 3e38)])
def test_values_beyond_measure_are_refused_without_overflow(at: int, value: float) -> None:
    """Hips farther than anybody walks and rotations whose squares no float32 holds are invalid motion, not warnings."""
    flat = np.array([0.0, 1.0, 0.0] + [0.0, 0.0, 0.0, 1.0] * 55, "<f4")
    assert len(unpack_poses(flat.tobytes(), 30.0).rotations) == 1
    flat[at] = value
    with pytest.raises(ProtocolError) as caught:
        unpack_poses(flat.tobytes(), 30.0)
    assert caught.value.code == "invalid_motion"
