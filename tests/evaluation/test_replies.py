from collections.abc import Iterator

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.evaluation.replies import Reply, collect_replies, joint_speed_m_s, lowest_point_m, reply_measures
from solami.frames import AudioChunk, FloatArray, MotionChunk
from solami.stream_server.scripted import ScriptedBackend


class Parrot:
    """Hears the given lines one after the other."""

    def __init__(self, *lines: str) -> None:
        self._lines: Iterator[str] = iter(lines)

    def words(self, samples: FloatArray) -> str:
        return next(self._lines)


def reply(said: str, motion: MotionChunk | None = None, level: float = 0.1) -> Reply:
    samples = np.full(16_000, level, np.float32)
    return Reply(said, AudioChunk(samples, 16_000), motion, ())


def test_word_error_stands_beside_that_of_the_wrong_sound() -> None:
    """Clear speech has no word error; the baseline pairs each line with the sound of another."""
    lines = ("hello my friend", "good night then")
    rows = {row.name: row for row in reply_measures([reply(line) for line in lines], Parrot(*lines))}
    assert (rows["word_error"].value, rows["word_error"].baseline) == (0.0, 1.0)


def test_level_and_clipping_are_those_of_the_samples() -> None:
    """A constant of 0.1 lies at -20 dBFS; full scale counts as clipped."""
    rows = {row.name: row for row in reply_measures([reply("a")], Parrot("a"))}
    assert rows["level_db"].value == pytest.approx(-20.0, abs=0.01)
    assert rows["clipped_share"].value == 0.0
    loud = {row.name: row for row in reply_measures([reply("a", level=1.0)], Parrot("a"))}
    assert loud["clipped_share"].value == 1.0


def test_a_wave_moves_and_a_statue_does_not() -> None:
    """Joint speed tells a gesture from a held pose, and feet that stand are near the floor."""
    moving = wave(2.0)
    statue = MotionChunk(np.repeat(moving.rotations[:1], 30, axis=0), np.repeat(moving.translation[:1], 30, axis=0))
    assert joint_speed_m_s(moving) > 0.0
    assert joint_speed_m_s(statue) == 0.0
    assert abs(lowest_point_m(statue)) < 0.05


def test_replies_come_from_the_backend_whole() -> None:
    """Each prompt gets its own conversation, and its chunks are joined in order."""
    backend = ScriptedBackend(beats=3)
    replies = list(collect_replies(backend, ["Hello", "Bye", "Hello"], ["ada"], seed=1))
    assert len(backend.conversations) == 3
    assert len(replies[0].audio.samples) == 3 * 6400
    assert replies[0].motion is not None
    assert len(replies[0].motion.rotations) == 36
    assert replies[0].token_ids == replies[2].token_ids != replies[1].token_ids
