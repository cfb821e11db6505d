"""The Python client of the realtime protocol. It knows the wire, not the models; it runs anywhere numpy does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from solami.client.link import Link, open_link
from solami.errors import CapacityError, ProtocolError, SolamiError
from solami.frames import AudioChunk, FloatArray, MotionChunk
from solami.stream_server.protocol import (
    MediaFrame,
    MediaType,
    pack_media,
    samples_to_pcm16,
    unpack_media,
)
from solami.stream_server.vrm import pack_poses

TICK_S = 0.02
ServerMessage = dict[str, Any] | MediaFrame


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """One message and when it came (`time.perf_counter`)."""

    message: ServerMessage
    at_s: float


@dataclass(frozen=True, slots=True, eq=False)
class UserInput:
    """What the user says and does in one turn."""

    audio: AudioChunk | None = None
    motion: MotionChunk | None = None
    text: str | None = None


class RealtimeClient:
    """One session with a server. Make it with `connect`."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._arrivals: asyncio.Queue[Arrival | SolamiError] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read())
        self._sent = {MediaType.AUDIO: 0, MediaType.USER_MOTION: 0}
        self._audio_sample = 0
        self.session: dict[str, Any] = {}

    async def update(self, **settings: Any) -> dict[str, Any]:
        """Change the session (`session.update`) and wait until the server has done so; returns the session."""
        await self.send_event("session.update", session=settings)
        self.session = (await self.wait_for("session.updated"))["session"]
        return self.session

    async def send_event(self, kind: str, **fields: Any) -> None:
        """Send one JSON event."""
        await self.link.send(json.dumps({"type": kind, **fields}))

    async def send_audio(self, samples: FloatArray) -> None:
        """Send samples [T] at the declared rate as one frame."""
        await self._send_media(MediaType.AUDIO, samples_to_pcm16(samples))
        self._audio_sample += len(samples)

    async def send_motion(self, motion: MotionChunk) -> None:
        """Send poses at the declared fps as one frame."""
        await self._send_media(MediaType.USER_MOTION, pack_poses(motion))

    async def send_text(self, text: str) -> None:
        """Send typed words."""
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
        await self.send_event("conversation.item.create", item=item)

    async def report_playback(self, response_id: str, sample: int, underruns: int = 0) -> None:
        """Tell how far the response has been played, in output samples, and which messages have come."""
        fields = {"response_id": response_id, "sample": sample, "underruns": underruns}
        await self.send_event("output.playback", **fields, received=self.link.received)

    async def stream(self, user: UserInput, pace: float = 1.0) -> None:
        """Send a turn's input: audio in 20 ms frames and poses as they fall due, `pace` times real time; then text.

        pace 0 sends everything at once.
        """
        begun_s, tick = time.perf_counter(), 0
        audio_ticks = _num_ticks(len(user.audio.samples), user.audio.sample_rate) if user.audio else 0
        motion_ticks = _num_ticks(len(user.motion.rotations), user.motion.fps) if user.motion else 0
        while tick < max(audio_ticks, motion_ticks):
            tick += 1
            if pace:
                await asyncio.sleep(max(0.0, begun_s + tick * TICK_S / pace - time.perf_counter()))
            await self._send_tick(user, tick)
        if user.text:
            await self.send_text(user.text)

    async def commit(self) -> float:
        """End the user's turn and ask for the reply. Returns when that was (`time.perf_counter`)."""
        at_s = time.perf_counter()
        await self.send_event("response.create")
        return at_s

    async def wait_for(self, kind: str, timeout_s: float = 60.0) -> dict[str, Any]:
        """The next event of this type; others on the way are dropped. Error events raise."""
        async for arrival in self.arrivals(timeout_s):
            if isinstance(arrival.message, dict) and arrival.message["type"] == kind:
                return arrival.message
        raise AssertionError("arrivals never ends")

    async def arrivals(self, timeout_s: float = 60.0) -> AsyncIterator[Arrival]:
        """Messages in order, without end.

        Raises:
            ProtocolError: the server sent an error event, or closed, or sent nothing for `timeout_s`.
            CapacityError: the server has no room.
        """
        while True:
            try:
                arrival = await asyncio.wait_for(self._arrivals.get(), timeout_s)
            except TimeoutError as error:
                raise ProtocolError("timeout", f"The server sent nothing for {timeout_s:g} s.") from error
            if isinstance(arrival, SolamiError):
                raise arrival
            if isinstance(arrival.message, dict) and arrival.message["type"] == "error":
                raise _error(arrival.message["error"])
            yield arrival

    async def close(self) -> None:
        """Leave."""
        self._reader.cancel()
        await self.link.close()

    async def _send_tick(self, user: UserInput, tick: int) -> None:
        if user.motion:
            first, last = (_due(n, user.motion.fps, len(user.motion.rotations)) for n in (tick - 1, tick))
            if last > first:
                rotations, translation = user.motion.rotations[first:last], user.motion.translation[first:last]
                await self.send_motion(MotionChunk(rotations.copy(), translation.copy(), user.motion.fps))
        if user.audio:
            first, last = (_due(n, user.audio.sample_rate, len(user.audio.samples)) for n in (tick - 1, tick))
            if last > first:
                await self.send_audio(user.audio.samples[first:last])

    async def _send_media(self, kind: MediaType, payload: bytes) -> None:
        frame = MediaFrame(kind, payload, seq=self._sent[kind], sample=self._audio_sample)
        self._sent[kind] += 1
        await self.link.send(pack_media(frame))

    async def _read(self) -> None:
        try:
            async for data in self.link.messages():
                now_s = time.perf_counter()
                message = json.loads(data) if isinstance(data, str) else unpack_media(data)
                if message is not None:
                    self._arrivals.put_nowait(Arrival(message, now_s))
        except SolamiError as error:
            self._arrivals.put_nowait(error)


def _num_ticks(count: int, rate: float) -> int:
    return int(np.ceil(count / rate / TICK_S - 1e-9))


def _due(tick: int, rate: float, count: int) -> int:
    """How many samples or poses have happened after so many ticks."""
    return min(count, int(np.floor(tick * TICK_S * rate + 1e-9)))


def _error(body: dict[str, Any]) -> SolamiError:
    if body["code"] == "session_limit_reached":
        return CapacityError(body["message"], float(body.get("retry_after_s", 5.0)))
    return ProtocolError(body["code"], body["message"])


@contextlib.asynccontextmanager
async def connect(url: str, api_key: str | None = None, timeout_s: float = 10.0) -> AsyncIterator[RealtimeClient]:
    """A session with the server at `url`, from its greeting to its end.

    Raises:
        SolamiError: nothing answers there, or it refuses.
    """
    client = RealtimeClient(await open_link(url, api_key, timeout_s))
    try:
        client.session = (await client.wait_for("session.created", timeout_s))["session"]
        yield client
    finally:
        await client.close()
