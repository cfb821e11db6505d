"""Sessions know nothing of each other: every frame that arrives is of the session's own reply to its own input."""

import asyncio
from collections.abc import Callable

import numpy as np

from solami.body.procedural import wave
from solami.client.client import UserInput, connect
from solami.errors import CapacityError
from solami.frames import AudioChunk, FloatArray, MotionChunk
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.protocol import MediaFrame, MediaType, pcm16_to_samples
from solami.stream_server.scripted import BEAT_POSES, BEAT_SAMPLES, FPS, ScriptedBackend, ScriptedConversation
from solami.stream_server.serving import background_server
from solami.stream_server.vrm import unpack_poses

Record = Callable[[str, object], None]
BODY = wave(0.4)
SETTINGS = {
    "media": "binary", "turn_detection": None, "input_audio_format": {"rate": 16000}, "output_audio_rate": 16000,
    "input_motion": {"fps": 30},
}  # fmt: skip


def level(seed: int) -> float:
    """The one level that all sound of this session has."""
    return (seed + 1) / 512


class MarkedBackend(ScriptedBackend):
    """Marks every sample and pose of a session by its seed."""

    def open(self, persona: str, seed: int) -> ScriptedConversation:
        def perform(beat: int) -> tuple[MotionChunk, FloatArray]:
            translation = np.full((BEAT_POSES, 3), seed, np.float32)
            poses = MotionChunk(BODY.rotations[:BEAT_POSES].copy(), translation, FPS, beat * BEAT_SAMPLES)
            return poses, np.full(BEAT_SAMPLES, level(seed), np.float32)

        return ScriptedConversation(seed, self._beats, self._beat_delay_s, perform)


def user(seed: int, turn: int) -> UserInput:
    """Speech that no other session and no other turn has."""
    samples = np.random.default_rng([seed, turn]).normal(0, 0.1, 320 + 16 * seed).astype(np.float32)
    return UserInput(AudioChunk(samples, 16_000), BODY)


async def have_session(url: str, seed: int, turns: int) -> tuple[int, list[str]]:
    """Talk, as soon as there is room; returns how many frames were looked at, and the digest of each reply's ids."""
    while True:
        try:
            return await talk(url, seed, turns)
        except CapacityError:
            await asyncio.sleep(0.1)


async def talk(url: str, seed: int, turns: int) -> tuple[int, list[str]]:
    frames, digests = 0, list[str]()
    async with connect(url) as client:
        await client.update(seed=seed, **SETTINGS)
        for turn in range(turns):
            await client.stream(user(seed, turn), pace=0)
            await client.commit()
            async for arrival in client.arrivals(120):
                if isinstance(arrival.message, MediaFrame):
                    check_frame(arrival.message, seed)
                    frames += 1
                elif arrival.message["type"] == "response.done":
                    digests.append(arrival.message["response"]["ids_sha256"])
                    break
    return frames, digests


def check_frame(frame: MediaFrame, seed: int) -> None:
    if frame.type is MediaType.AUDIO:
        samples = pcm16_to_samples(frame.payload)
        assert len(samples) and np.abs(samples - level(seed)).max() < 1e-4, f"sound of another session in {seed}"
    else:
        assert frame.type is MediaType.AGENT_MOTION
        assert (unpack_poses(frame.payload, FPS).translation == seed).all(), f"poses of another session in {seed}"


async def alone(url: str, seed: int, turns: int) -> list[str]:
    return (await have_session(url, seed, turns))[1]


def test_two_hundred_sessions_one_after_the_other(record_property: Record) -> None:
    """Nothing of a session is left for those after it: no mark of another, and ids that depend on its own input."""
    config = ServerConfig(max_sessions=1)

    async def main(url: str) -> tuple[int, list[str]]:
        found = [await have_session(url, seed, 1) for seed in range(200)]
        again = await alone(url, 7, 1)
        assert again == found[7][1]
        return sum(frames for frames, _ in found), [digest for _, digests in found for digest in digests]

    with background_server(create_app(MarkedBackend(beats=1), config), config) as url:
        frames, digests = asyncio.run(main(url))
    record_property("sessions one after the other", 200)
    record_property("frames checked", frames)
    assert frames >= 400 and len(set(digests)) == 200, f"{frames} frames of 200 sessions were looked at"


def test_no_frame_crosses_between_sessions_at_once(record_property: Record) -> None:
    """As many sessions as there is room for talk at once, turn after turn, and each gets what it gets alone."""
    count, turns = 64, 3
    config = ServerConfig(max_sessions=count)

    async def main(url: str) -> tuple[int, list[list[str]], list[str]]:
        found = await asyncio.gather(*(have_session(url, seed, turns) for seed in range(count)))
        return sum(frames for frames, _ in found), [digests for _, digests in found], await alone(url, 5, turns)

    with background_server(create_app(MarkedBackend(beats=3, beat_delay_s=0.001), config), config) as url:
        frames, digests, by_itself = asyncio.run(main(url))
    record_property("sessions at once", count)
    record_property("frames checked", frames)
    assert frames >= count * turns * 6, f"{frames} frames of {count} sessions at once were looked at"
    assert len({digest for each in digests for digest in each}) == count * turns and digests[5] == by_itself


def test_marks_would_show() -> None:
    """The check itself sees a frame of a neighbour."""
    samples = np.full(16, level(3), np.float32)
    pcm = np.round(samples * 32767).astype("<i2").tobytes()
    check_frame(MediaFrame(MediaType.AUDIO, pcm), 3)
    for seed in (2, 4):
        try:
            check_frame(MediaFrame(MediaType.AUDIO, pcm), seed)
        except AssertionError:
            continue
        raise AssertionError(f"session {seed} took a frame of its neighbour")
