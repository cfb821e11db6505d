"""Recording a reply from a list of messages."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import numpy as np

from solami.body.procedural import wave
from solami.client.client import Arrival, RealtimeClient, ServerMessage
from solami.client.recording import record_reply
from solami.stream_server.protocol import MediaFrame, MediaType
from solami.stream_server.vrm import pack_poses


class Tape:
    """Plays messages a tenth of a second apart."""

    def __init__(self, messages: list[ServerMessage]) -> None:
        self._messages = messages
        self.session = {"output_audio_rate": 16000}

    async def arrivals(self, timeout_s: float) -> AsyncIterator[Arrival]:
        """One after the other."""
        for at, message in enumerate(self._messages):
            yield Arrival(message, at / 10)


def test_a_reply_is_put_together() -> None:
    """Text, sound and poses of this response are joined, an older epoch's are not; times count from end of input."""
    done: dict[str, Any] = {"fps": 30.0}
    tape = Tape(
        [
            {"type": "response.created", "response": {"epoch": 2}},
            MediaFrame(MediaType.AUDIO, b"\x01\x00" * 7, epoch=1),
            MediaFrame(MediaType.AGENT_MOTION, pack_poses(wave(0.4)), epoch=2),
            MediaFrame(MediaType.VISEMES, bytes([255] + [0] * 14), epoch=2),
            MediaFrame(MediaType.AUDIO, b"\xff\x7f" * 6400, epoch=2),
            MediaFrame(MediaType.VISEMES, bytes([0] * 14 + [255]), epoch=2),
            {"type": "response.output_audio_transcript.delta", "delta": "Hello"},
            {"type": "response.output_audio_transcript.delta", "delta": " you"},
            {"type": "avatar.state", "state": "idle"},
            {"type": "response.done", "response": done},
        ]
    )
    reply = asyncio.run(record_reply(cast(RealtimeClient, tape), 0.1))
    assert (reply.said, reply.heard) == ("Hello you", "")
    assert len(reply.audio.samples) == 6400 and reply.audio.samples[0] == 1.0
    assert reply.motion is not None
    np.testing.assert_allclose(reply.motion.rotations, wave(0.4).rotations, atol=1e-6)
    assert (reply.first_motion_ms, reply.first_audio_ms) == (100.0, 300.0)
    assert reply.visemes is not None and reply.visemes.weights.argmax(axis=1).tolist() == [0, 14]
    assert reply.order == (("motion", 6400), ("audio", 6400))
