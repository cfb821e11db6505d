"""Every decoder of bytes that come over the socket, against bytes that nobody should send."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from solami.body.procedural import wave
from solami.errors import ProtocolError
from solami.frames import FloatArray
from solami.stream_server.events import event_id_of, parse_client_event, to_base64
from solami.stream_server.protocol import (
    MediaFrame,
    MediaType,
    pack_media,
    pcm16_to_samples,
    unpack_media,
    unpack_visemes,
)
from solami.stream_server.session import Session
from solami.stream_server.settings import SessionSettings
from solami.stream_server.tracker_frames import unpack_trackers
from solami.stream_server.vrm import POSE_BYTES, pack_poses, unpack_poses

Fuzz = Callable[..., None]
POSES = pack_poses(wave(0.2))
EVENTS: list[dict[str, Any]] = [
    {"type": "session.update", "session": {"persona": "ada", "seed": 1, "input_motion": {"fps": 30}}},
    {"type": "input_audio_buffer.append", "audio": to_base64(bytes(640))},
    {"type": "input_motion_buffer.append", "motion": to_base64(POSES[:POSE_BYTES])},
    {"type": "conversation.item.create", "item": {"role": "user", "content": [{"type": "input_text", "text": "hi"}]}},
    {"type": "conversation.item.truncate", "item_id": "item_r1", "audio_end_ms": 10},
    {"type": "response.create", "event_id": "e"},
    {"type": "response.cancel", "response_id": "resp_1"},
    {"type": "output.playback", "response_id": "resp_1", "sample": 1, "underruns": 0},
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def broken_events(draw: st.DrawFn) -> str:
    """A valid event with one value, somewhere inside, replaced, added or taken away."""
    event = json.loads(json.dumps(draw(st.sampled_from(EVENTS))))
    place: Any = event
    while True:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or draw(st.booleans()):
            break
        place = place[key]
    match draw(st.sampled_from(["replace", "drop", "add"])):
        case "replace":
            place[key] = draw(json_values)
        case "drop":
            del place[key]
        case _ if isinstance(place, dict):
            place[draw(st.text(max_size=12))] = draw(json_values)
    return json.dumps(event)


@st.composite
def broken(draw: st.DrawFn, valid: bytes) -> bytes:
    """Valid bytes with some of them changed, then cut or grown."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(0, 6))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))]) + draw(st.binary(max_size=16))


def floats(columns: int) -> st.SearchStrategy[bytes]:
    """Whole rows of any float32, NaN and infinity among them."""
    row = st.lists(st.floats(width=32), min_size=columns, max_size=columns)
    sane = st.just([0.0, 1.0, 0.0] + [0.0, 0.0, 0.0, 1.0] * ((columns - 3) // 4) + [1.0] * ((columns - 3) % 4))
    rows = st.lists(row | sane, max_size=3)
    return rows.map(lambda values: np.asarray(values, "<f4").tobytes())


def unpack_pose_floats(payload: bytes) -> FloatArray:
    """The user's poses as numbers."""
    return unpack_poses(payload, 30.0).rotations


def unpack_tracker_floats(payload: bytes) -> FloatArray:
    """Headset and controllers as numbers, where they are valid."""
    trackers = unpack_trackers(payload, 72, 0.0)
    return trackers.positions[trackers.valid]


def check_finite(values: FloatArray) -> None:
    assert np.isfinite(values).all()


texts = st.text(max_size=200) | json_values.map(json.dumps) | broken_events()
frames = st.builds(
    MediaFrame,
    st.sampled_from(MediaType),
    st.binary(max_size=64) | floats(223) | floats(24) | st.just(POSES),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
)
messages = st.binary(max_size=80) | frames.map(pack_media) | frames.map(pack_media).flatmap(broken)


def test_json_events(fuzz: Fuzz) -> None:
    """A text message is an event or a protocol error, nothing else."""
    fuzz(texts, parse_client_event, ProtocolError, 2000)


def test_event_ids(fuzz: Fuzz) -> None:
    """Looking for the id of a broken event never fails."""
    fuzz(texts, event_id_of, (), 500)


def test_base64(fuzz: Fuzz) -> None:
    """Base64 fields decode or are refused."""

    def decode(audio: str) -> object:
        event: Any = parse_client_event(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))
        return event.payload()

    base64ish = st.text("ABCabc019+/=-_ \n\u00e9", max_size=40)
    fuzz(st.text(max_size=40) | base64ish, decode, ProtocolError, 1000)


def test_media_frames(fuzz: Fuzz) -> None:
    """A binary message is a frame, of an unknown type, or a protocol error."""
    fuzz(messages, unpack_media, ProtocolError, 2000)


@pytest.mark.parametrize("unpack", [pcm16_to_samples, unpack_visemes, unpack_pose_floats, unpack_tracker_floats])
def test_payloads(fuzz: Fuzz, unpack: Callable[[bytes], FloatArray]) -> None:
    """Sound, mouth shapes, poses and trackers decode or are refused, and what decodes is finite."""
    payloads = st.binary(max_size=120) | floats(223) | floats(24) | broken(POSES) | st.just(POSES)
    fuzz(payloads, lambda payload: check_finite(unpack(payload)), ProtocolError, 300)


def test_a_session_survives_any_messages(fuzz: Fuzz) -> None:
    """Whatever a client says, in whatever order, a session answers with commands and messages, never an exception."""

    def say(conversation: list[str | bytes]) -> None:
        session = Session(SessionSettings(), "scripted", 30.0)
        for message in conversation:
            if isinstance(message, str):
                commands, outgoing = session.on_text(message, 0.0)
            else:
                commands, outgoing = session.on_binary(message)
            assert all("Traceback" not in str(out.data) for out in outgoing) and isinstance(commands, list)

    fuzz(st.lists(texts | messages, max_size=12), say, (), 500)
