"""One reply as the client received it: put together on the output clock, with the times things came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from solami.client.client import Arrival, RealtimeClient
from solami.frames import AudioChunk, MotionChunk, VisemeChunk
from solami.stream_server.protocol import VISEME_FPS, MediaFrame, MediaType, pcm16_to_samples, unpack_visemes
from solami.stream_server.vrm import unpack_poses


@dataclass(frozen=True, slots=True, eq=False)
class ReplyRecording:
    """A finished reply."""

    said: str
    heard: str
    saw: str
    does: str
    audio: AudioChunk
    motion: MotionChunk | None
    done: dict[str, Any]  # the `response` of response.done
    first_audio_ms: float | None  # from the end of the user's input, at the client
    first_motion_ms: float | None
    order: tuple[tuple[str, int], ...]  # (audio | motion, sample it ends at) as they came
    visemes: VisemeChunk | None = None


@dataclass(slots=True)
class _Parts:
    texts: dict[str, str] = field(default_factory=dict)
    audio: list[bytes] = field(default_factory=list)
    poses: list[bytes] = field(default_factory=list)
    visemes: list[bytes] = field(default_factory=list)
    first_s: dict[str, float] = field(default_factory=dict)
    order: list[tuple[str, int]] = field(default_factory=list)


_FPS = 30.0  # of version 1 of the protocol
_TEXTS = {
    "response.output_audio_transcript.delta": "said",
    "response.heard": "heard",
    "response.saw": "saw",
    "response.does": "does",
}


async def record_reply(client: RealtimeClient, end_of_input_s: float, timeout_s: float = 60.0) -> ReplyRecording:
    """Collect one reply in binary media mode until its `response.done`."""
    rate = int(client.session["output_audio_rate"])
    parts, epoch = _Parts(), 0
    async for arrival in client.arrivals(timeout_s):
        message = arrival.message
        if isinstance(message, MediaFrame):
            if message.epoch == epoch != 0:  # 0: motion between replies
                _take_media(parts, message, arrival, rate)
        elif message["type"] == "response.created":
            epoch = int(message["response"]["epoch"])
        elif message["type"] in _TEXTS:
            kind = _TEXTS[message["type"]]
            parts.texts[kind] = parts.texts.get(kind, "") + message["delta"]
        elif message["type"] == "response.done":
            return _finished(parts, message["response"], end_of_input_s, rate)
    raise AssertionError("arrivals never ends")


def _take_media(parts: _Parts, frame: MediaFrame, arrival: Arrival, rate: int) -> None:
    if frame.type is MediaType.AUDIO:
        parts.first_s.setdefault("audio", arrival.at_s)
        parts.audio.append(frame.payload)
        parts.order.append(("audio", frame.sample + len(frame.payload) // 2))
    elif frame.type is MediaType.AGENT_MOTION:
        parts.first_s.setdefault("motion", arrival.at_s)
        parts.poses.append(frame.payload)
        frames = len(unpack_poses(frame.payload, _FPS).rotations)
        parts.order.append(("motion", frame.sample + round(frames * rate / _FPS)))
    elif frame.type is MediaType.VISEMES:
        parts.visemes.append(frame.payload)


def _finished(parts: _Parts, done: dict[str, Any], end_s: float, rate: int) -> ReplyRecording:
    samples = pcm16_to_samples(b"".join(parts.audio))
    motion = unpack_poses(b"".join(parts.poses), float(done["fps"])) if parts.poses else None
    first_ms = {kind: round(1000 * (at_s - end_s), 2) for kind, at_s in parts.first_s.items()}
    texts = {kind: parts.texts.get(kind, "").strip() for kind in ("said", "heard", "saw", "does")}
    return ReplyRecording(
        audio=AudioChunk(np.ascontiguousarray(samples), rate),
        motion=motion,
        done=done,
        first_audio_ms=first_ms.get("audio"),
        first_motion_ms=first_ms.get("motion"),
        order=tuple(parts.order),
        visemes=VisemeChunk(unpack_visemes(b"".join(parts.visemes)), VISEME_FPS) if parts.visemes else None,
        **texts,
    )
