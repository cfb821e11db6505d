"""Voice to voice: from the true end of a person's recorded speech to the first sound of the answer at the client.

The end of the turn is the server's to find. Recordings are followed by silence, as a microphone goes on after them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from solami.client.client import RealtimeClient, UserInput, connect
from solami.evaluation.latency import AUDIBLE
from solami.frames import AudioChunk, FloatArray
from solami.stream_server.protocol import MediaFrame, MediaType, pcm16_to_samples

SILENCE_S = 5.0  # of which the first second is the clip's; who does not answer in them has missed the end
_WINDOW_S, _BELOW_DB = 0.02, 35.0  # speech ends with the last window that is less than so far below the loudest


@dataclass(frozen=True, slots=True)
class VoiceTurn:
    """What came of one recording."""

    answered_ms: float | None  # none: no answer in time, or one into the speech
    cut_in: bool  # an answer was heard before the speech was over


def end_of_speech_s(audio: AudioChunk) -> float:
    """Where the speech of a recording ends, by level."""
    window = round(_WINDOW_S * audio.sample_rate)
    count = len(audio.samples) // window
    levels = np.square(audio.samples[: count * window].reshape(count, window)).mean(axis=1)
    loud = np.flatnonzero(levels > levels.max(initial=0.0) * 10 ** (-_BELOW_DB / 10))
    return float((loud[-1] + 1) * _WINDOW_S) if len(loud) else 0.0


async def speak(url: str, audio: AudioChunk, turn_detection: dict[str, Any], seed: int = 0) -> VoiceTurn:
    """Say one recording to a fresh session at real-time pace."""
    silence = np.zeros(round(SILENCE_S * audio.sample_rate), np.float32)
    user = UserInput(AudioChunk(np.concatenate([audio.samples, silence]), audio.sample_rate))
    audio_format = {"type": "pcm16", "rate": audio.sample_rate}
    async with connect(url) as client:
        await client.update(
            seed=seed, media="binary", turn_detection=turn_detection, input_audio_format=audio_format, input_motion=None
        )
        begun_s = time.perf_counter()
        streaming = asyncio.create_task(client.stream(user))
        try:
            return await _answer(client, streaming, begun_s + end_of_speech_s(audio))
        finally:
            streaming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await streaming


async def _answer(client: RealtimeClient, streaming: asyncio.Task[None], ends_s: float) -> VoiceTurn:
    """The first audible piece of a reply."""
    listening = asyncio.create_task(_first_sound_s(client))
    await asyncio.wait({listening, streaming}, return_when=asyncio.FIRST_COMPLETED)
    if not listening.done():
        listening.cancel()
        return VoiceTurn(None, False)
    sound_s = listening.result()
    return VoiceTurn(None, True) if sound_s < ends_s else VoiceTurn(1000 * (sound_s - ends_s), False)


async def _first_sound_s(client: RealtimeClient) -> float:
    async for arrival in client.arrivals():
        message = arrival.message
        if isinstance(message, MediaFrame) and message.type is MediaType.AUDIO and _is_audible(message.payload):
            return arrival.at_s
    raise AssertionError("arrivals never ends")


def _is_audible(payload: bytes) -> bool:
    samples: FloatArray = pcm16_to_samples(payload)
    return bool(np.abs(samples).max(initial=0.0) > AUDIBLE)
