"""Three points on the wire."""

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.body.trackers import TrackerChunk, tracker_chunk
from solami.errors import ProtocolError
from solami.stream_server.tracker_frames import SAMPLE_FLOATS, pack_trackers, unpack_trackers
from solami.training.three_points_data import joint_poses


def trackers() -> TrackerChunk:
    """Half a second of a waving person, the right controller lost for a while."""
    places, turns = joint_poses(wave(0.5))
    valid = np.ones((len(places), 3), np.bool_)
    valid[4:9, 2] = False
    return tracker_chunk(places, turns, 2.0 + np.arange(len(places)) / 72, valid)


def test_roundtrip() -> None:
    """Packed and unpacked samples are the same, at the declared rate."""
    chunk = trackers()
    back = unpack_trackers(pack_trackers(chunk), 72, 2.0)
    np.testing.assert_array_equal(back.valid, chunk.valid)
    np.testing.assert_allclose(back.times, chunk.times, atol=1e-9)
    np.testing.assert_allclose(back.positions[chunk.valid], chunk.positions[chunk.valid], atol=1e-5)
    assert len(pack_trackers(chunk)) == chunk.count * 4 * SAMPLE_FLOATS


def test_a_level_headset_looks_along_minus_z() -> None:
    """The identity of OpenXR is a head that faces -Z: the wire's axes are the device's."""
    sample = np.zeros((1, 3, 8), "<f4")
    sample[..., 6:] = 1
    head = unpack_trackers(sample.tobytes(), 30, 0.0).rotations[0, 0]
    np.testing.assert_allclose(np.abs(head), [0, 1, 0, 0], atol=1e-6)


def test_fingers_follow_every_sample() -> None:
    """Rotations of thirty joints come behind the points; a hand that is not seen stays all zero."""
    fingers = np.zeros((8, 30, 4), np.float32)
    fingers[:, :15] = [0.6, 0.0, 0.0, 0.8]
    places, turns = joint_poses(wave(8 / 30))
    chunk = tracker_chunk(places, turns, np.arange(8) / 30, np.ones((8, 3), np.bool_), fingers)
    back = unpack_trackers(pack_trackers(chunk), 30, 0.0, has_fingers=True)
    assert back.fingers is not None
    np.testing.assert_allclose(back.fingers, fingers, atol=1e-6)
    np.testing.assert_allclose(back.positions, chunk.positions, atol=1e-5)
    with pytest.raises(ProtocolError, match="120 of the fingers"):
        unpack_trackers(b"\x00" * 96, 30, 0.0, has_fingers=True)


@pytest.mark.parametrize("payload", [b"", b"\x00" * 95, np.full(24, np.nan, "<f4").tobytes(), b"\x00\x00\x80\x3f" * 24])
def test_unusable_payloads_are_refused(payload: bytes) -> None:
    """A wrong length and rotations that are none are protocol errors; NaN that is not tracked is none."""
    if len(payload) == 4 * SAMPLE_FLOATS and not np.isfinite(np.frombuffer(payload, "<f4")).any():
        assert not unpack_trackers(payload, 30, 0.0).valid.any()
        return
    with pytest.raises(ProtocolError) as refused:
        unpack_trackers(payload, 30, 0.0)
    assert refused.value.code == "invalid_motion"
