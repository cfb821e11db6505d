"""The binary half of the wire protocol: the 24-byte header in front of every media frame.

Sans-I/O: bytes in, values out. It knows no sockets, no event loop and no models. The JSON half is `events`.
`docs/protocol.md` is the text of this contract; `tests/vectors/protocol` holds golden bytes of it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from solami.errors import ProtocolError
from solami.frames import VISEMES, Codes, FloatArray, IntArray

PROTOCOL_NAME = "solami"
PROTOCOL_VERSION = "1.0"
MAX_MESSAGE_BYTES = 1 << 20
SUBPROTOCOL = "solami.v1"
KEY_SUBPROTOCOL_PREFIX = "solami-key."

_HEADER = struct.Struct("<BBHIIQI")
HEADER_BYTES = _HEADER.size  # 24
_PCM_SCALE = 32767.0
VISEME_FPS = 25.0


class MediaType(IntEnum):
    """What a media frame's payload holds."""

    AUDIO = 1  # PCM16 mono little-endian, user's or character's
    AGENT_MOTION = 2  # float32 poses of the character
    VISEMES = 3  # uint8 weights of the character's mouth shapes
    USER_MOTION = 4  # float32 poses of the user
    GAZE = 5  # reserved
    MOTION_CODES = 6  # uint16 codes of the character's motion: per code frame body codes, then hand codes
    USER_BODY = 7  # float32 poses of the user, as the server made them of three points


class CloseCode(IntEnum):
    """WebSocket close codes the server uses."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL = 1002
    POLICY = 1008
    TOO_BIG = 1009
    INTERNAL = 1011
    TRY_AGAIN = 1013


@dataclass(frozen=True, slots=True)
class MediaFrame:
    """One binary message."""

    type: MediaType
    payload: bytes
    epoch: int = 0  # response the frame belongs to; 0 from clients
    seq: int = 0  # counts frames of one type in one direction
    sample: int = 0  # audio sample at which the payload starts
    stream: int = 0  # 0: the only stream of this version
    flags: int = 0  # reserved: written as 0, ignored when read


def pack_media(frame: MediaFrame) -> bytes:
    """One binary message: header and payload."""
    fields = (frame.type, frame.flags, frame.stream, frame.epoch, frame.seq, frame.sample, len(frame.payload))
    return _HEADER.pack(*fields) + frame.payload


def unpack_media(message: bytes) -> MediaFrame | None:
    """Read one binary message; None for a type this version does not know (such frames are skipped).

    Raises:
        ProtocolError: `truncated_frame` when the message is shorter or longer than its header says.
    """
    if len(message) < HEADER_BYTES:
        raise ProtocolError("truncated_frame", f"A media frame needs {HEADER_BYTES} header bytes; got {len(message)}.")
    kind, flags, stream, epoch, seq, sample, size = _HEADER.unpack_from(message)
    if len(message) - HEADER_BYTES != size:
        got = len(message) - HEADER_BYTES
        raise ProtocolError("truncated_frame", f"The header announces {size} payload bytes; got {got}.")
    if kind not in MediaType._value2member_map_:
        return None
    return MediaFrame(MediaType(kind), message[HEADER_BYTES:], epoch, seq, sample, stream, flags)


def samples_to_pcm16(samples: FloatArray) -> bytes:
    """Samples [T] in [-1, 1] to PCM16 little-endian; louder ones are clipped."""
    return np.round(np.clip(samples, -1.0, 1.0) * _PCM_SCALE).astype("<i2").tobytes()


def pcm16_to_samples(payload: bytes) -> FloatArray:
    """PCM16 little-endian to samples [T] in [-1, 1].

    Raises:
        ProtocolError: `invalid_audio` when the bytes are not whole samples.
    """
    if len(payload) % 2:
        raise ProtocolError("invalid_audio", f"PCM16 audio has two bytes a sample; got {len(payload)} bytes.")
    return np.maximum(np.frombuffer(payload, "<i2").astype(np.float32) / np.float32(_PCM_SCALE), np.float32(-1.0))


def pack_codes(codes: Sequence[Codes]) -> bytes:
    """Codes [K, T] of body and hands as uint16 little-endian, one code frame after another."""
    if not codes:
        return b""
    return np.concatenate([part.values for part in codes]).T.astype("<u2").tobytes()


def unpack_codes(payload: bytes, num_codes: int) -> IntArray:
    """Bytes to codes [T, K], K of them a code frame.

    Raises:
        ProtocolError: `invalid_motion` when the bytes are not whole code frames.
    """
    if not payload or len(payload) % (2 * num_codes):
        message = f"Code frames have {2 * num_codes} bytes each; got {len(payload)} bytes."
        raise ProtocolError("invalid_motion", message)
    return np.frombuffer(payload, "<u2").astype(np.int32).reshape(-1, num_codes)


def pack_visemes(weights: FloatArray) -> bytes:
    """Viseme weights [T, 15] in 0..1 to bytes, 15 a row; 255 is 1."""
    return np.round(np.clip(weights, 0.0, 1.0) * 255.0).astype(np.uint8).tobytes()


def unpack_visemes(payload: bytes) -> FloatArray:
    """Bytes to viseme weights [T, 15] in 0..1.

    Raises:
        ProtocolError: `invalid_visemes` when the bytes are not whole rows.
    """
    if len(payload) % len(VISEMES):
        raise ProtocolError("invalid_visemes", f"Visemes have {len(VISEMES)} bytes a row; got {len(payload)} bytes.")
    return (np.frombuffer(payload, np.uint8).astype(np.float32) / np.float32(255.0)).reshape(-1, len(VISEMES))
