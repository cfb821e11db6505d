"""The binary frames, against the golden vectors and against each other."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.errors import ProtocolError
from solami.frames import VISEMES, Codes
from solami.stream_server.protocol import (
    HEADER_BYTES,
    MediaFrame,
    MediaType,
    pack_codes,
    pack_media,
    pack_visemes,
    pcm16_to_samples,
    samples_to_pcm16,
    unpack_codes,
    unpack_media,
    unpack_visemes,
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
    elif "codes" in meaning:
        assert unpack_codes(frame.payload, len(meaning["codes"][0])).tolist() == meaning["codes"]
    elif "visemes" in meaning:
        _check_visemes(frame.payload, meaning["visemes"])
    else:
        _check_poses(frame.payload, meaning["poses"])


def _check_visemes(payload: bytes, rows: list[dict[str, float]]) -> None:
    for weights, row in zip(unpack_visemes(payload), rows, strict=True):
        np.testing.assert_allclose(weights, [row.get(name, 0.0) for name in VISEMES], atol=1e-6)
    assert pack_visemes(unpack_visemes(payload)) == payload


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


def test_codes_survive() -> None:
    """Codes of body and hands come back code frame by code frame; half a one is refused."""
    body, hands = np.array([[1, 2, 3], [4, 5, 600]], np.int32), np.array([[7, 8, 9]], np.int32)
    payload = pack_codes((Codes("body", body, 7.5), Codes("hands", hands, 7.5)))
    assert unpack_codes(payload, 3).tolist() == [[1, 4, 7], [2, 5, 8], [3, 600, 9]]
    with pytest.raises(ProtocolError):
        unpack_codes(payload[:-2], 3)


def test_visemes_survive_to_half_a_step() -> None:
    """Weights come back within half of 1/255; half a row is refused."""
    weights = np.random.default_rng(0).random((7, len(VISEMES))).astype(np.float32)
    np.testing.assert_allclose(unpack_visemes(pack_visemes(weights)), weights, atol=0.5 / 255 + 1e-6)
    with pytest.raises(ProtocolError):
        unpack_visemes(b"\x00" * 16)
