"""The binary frames, against the golden vectors and against each other."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.errors import ProtocolError
from solami.stream_server.protocol import (
    HEADER_BYTES,
    MediaFrame,
    MediaType,
    pack_media,
    pcm16_to_samples,
    samples_to_pcm16,
    unpack_media,
)
from solami.stream_server.vrm import BONES, unpack_poses

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/protocol/media.json").read_text())["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_golden_vectors(vector: dict[str, Any]) -> None:
    """Every golden frame reads as its meaning and writes as its bytes."""
    message = bytes.fromhex(vector["hex"])
    if "error" in vector:
        with pytest.raises(ProtocolError) as caught:
            unpack_media(message)
        assert caught.value.code == vector["error"]
        return
    frame, meaning = unpack_media(message), vector["meaning"]
    if frame is None or meaning is None:
        assert frame is None and meaning is None
        return
    got = {name: int(getattr(frame, name)) for name in ("type", "flags", "stream", "epoch", "seq", "sample")}
    assert got | {"length": len(frame.payload)} == {name: meaning[name] for name in (*got, "length")}
    assert pack_media(frame) == message
    if "pcm16" in meaning:
        assert np.frombuffer(frame.payload, "<i2").tolist() == meaning["pcm16"]
    else:
        _check_poses(frame.payload, meaning["poses"])


def _check_poses(payload: bytes, poses: list[dict[str, Any]]) -> None:
    motion = unpack_poses(payload, 30.0)
    for at, pose in enumerate(poses):
        np.testing.assert_allclose(motion.translation[at], pose["hips"])
        for bone, rotation in zip(BONES, motion.rotations[at], strict=True):
            np.testing.assert_allclose(rotation, pose["rotations"].get(bone, pose["others"]), atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(MediaType),
    st.binary(max_size=64),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**16 - 1),
)
def test_frames_round_trip(kind: MediaType, payload: bytes, epoch: int, seq: int, sample: int, stream: int) -> None:
    """What is packed is unpacked."""
    frame = MediaFrame(kind, payload, epoch, seq, sample, stream)
    assert unpack_media(pack_media(frame)) == frame


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(message: bytes) -> None:
    """No bytes from a client raise anything but ProtocolError."""
    try:
        frame = unpack_media(message)
    except ProtocolError as error:
        assert error.code == "truncated_frame"
    else:
        assert frame is None or len(message) == HEADER_BYTES + len(frame.payload)


def test_pcm_clips_and_round_trips() -> None:
    """Samples beyond full scale are clipped, the others survive to half a step."""
    samples = np.array([-2.0, -1.0, -0.25, 0.0, 0.25, 1.0, 2.0], np.float32)
    back = pcm16_to_samples(samples_to_pcm16(samples))
    np.testing.assert_allclose(back, np.clip(samples, -1, 1), atol=0.5 / 32767)
    with pytest.raises(ProtocolError):
        pcm16_to_samples(b"\x00")
