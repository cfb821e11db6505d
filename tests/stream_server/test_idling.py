"""The clock of idle motion, and the user's pauses."""

import asyncio
from itertools import pairwise

import numpy as np

from solami.body.procedural import idle
from solami.client.client import connect
from solami.frames import MotionChunk
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.idling import LEAD_S, Idling, PauseSpotter
from solami.stream_server.protocol import MediaFrame, MediaType
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server
from solami.stream_server.vrm import POSE_BYTES

RATE = 16000


class Body:
    """A conversation whose character stands about; remembers what it was told."""

    def __init__(self, beat: MotionChunk | None) -> None:
        self.beat, self.told = beat, list[tuple[bool, bool]]()

    def idle(self, *, listening: bool, paused: bool) -> MotionChunk | None:
        self.told.append((listening, paused))
        return self.beat


def voice(seconds: float, level: float = 0.2) -> np.ndarray:
    """Noise of a level."""
    return np.random.default_rng(0).normal(0, level, round(seconds * RATE)).astype(np.float32)


def spotted(parts: list[np.ndarray]) -> list[int]:
    """The 20 ms pieces in which a pause was noticed."""
    spotter, audio = PauseSpotter(), np.concatenate(parts)
    return [i for i in range(len(audio) // 320) if spotter.push(audio[i * 320 : (i + 1) * 320], RATE)]


def test_a_pause_after_speech_is_noticed_once() -> None:
    """Quiet of a quarter of a second after a second of voice is one pause, at any level of the microphone."""
    for level in (0.02, 0.3):
        found = spotted([voice(1.0, level), voice(1.0, level / 100), voice(1.0, level), voice(0.1, level / 100)])
        assert len(found) == 1
        assert 60 <= found[0] <= 65


def test_silence_and_single_words_are_no_pause() -> None:
    """Nobody nods at silence, or at a cough."""
    assert spotted([voice(3.0, 1e-4)]) == []
    assert spotted([voice(0.3), voice(1.0, 1e-3)]) == []


def test_beats_follow_one_another_without_a_gap() -> None:
    """Asked when due, beats of 0.4 s are stamped 0.4 s apart, each before the one before has ended."""
    idling, body, now_s, stamps = Idling(24000), Body(idle(0.4)), 100.0, []
    for _ in range(5):
        now_s = max(now_s, idling.due_s(0.0))
        beat = idling.beat(body, now_s, 0.0, listening=False)
        assert beat is not None
        assert len(beat.poses) == 12 * POSE_BYTES
        stamps.append(beat.sample)
    assert stamps == [0, 9600, 19200, 28800, 38400]


def test_a_reply_comes_first() -> None:
    """While a reply plays nothing is due until shortly before its end, and the clock goes on meanwhile."""
    idling, body = Idling(24000), Body(idle(0.4))
    idling.beat(body, 10.0, 0.0, listening=False)
    assert idling.due_s(reply_ends_s=15.0) == 15.0 - LEAD_S
    beat = idling.beat(body, 14.8, 15.0, listening=False)
    assert beat is not None
    assert beat.sample == 5 * 24000


def test_a_pause_reaches_the_body_once() -> None:
    """The beat after a pause is told of it, the next is not."""
    idling, body = Idling(24000), Body(idle(0.4))
    for part in np.split(np.concatenate([voice(1.0), voice(0.5, 1e-3)]), 75):
        idling.hear(part, RATE)
    for now_s in (1.0, 1.4):
        idling.beat(body, now_s, 0.0, listening=True)
    assert body.told == [(True, True), (True, False)]


def test_a_model_without_idle_motion_is_left_alone() -> None:
    """Where there is nothing to show nobody asks again every moment."""
    idling = Idling(24000)
    assert idling.beat(Body(None), 1.0, 0.0, listening=False) is None
    assert idling.due_s(0.0) > 60.0


def test_beats_arrive_over_a_socket() -> None:
    """A client that asks for idle motion gets frames of epoch 0 without ever speaking, 0.4 s apart on their clock."""

    async def frames(url: str) -> list[MediaFrame]:
        async with connect(url) as client:
            await client.update(media="binary", idle_motion=True, turn_detection=None)
            found = []
            async for arrival in client.arrivals(20.0):
                if isinstance(arrival.message, MediaFrame):
                    found.append(arrival.message)
                if len(found) == 3:
                    break
            return found

    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(), config), config) as url:
        found = asyncio.run(frames(url))
    assert [(f.type, f.epoch, f.seq) for f in found] == [(MediaType.AGENT_MOTION, 0, i) for i in range(3)]
    assert found[0].sample == 0
    assert all(b.sample - a.sample >= 9600 for a, b in pairwise(found))


def test_a_nod_can_be_asked_for() -> None:
    """The next beat is told of a pause, the one after it is not."""
    idling, body = Idling(24000), Body(idle(0.4))
    idling.nod()
    for now_s in (0.0, 0.4):
        idling.beat(body, now_s, 0.0, True)
    assert [paused for _, paused in body.told] == [True, False]
