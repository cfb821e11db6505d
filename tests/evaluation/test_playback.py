"""A player without a sound card."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solami.evaluation.playback import ReplyPlayback

RATE = 24_000


def beat(level: float = 0.5) -> np.ndarray:
    return np.full(9600, level, np.float32)


def test_sound_that_comes_in_time_is_heard_without_a_gap() -> None:
    """The clock starts one buffer after the first sound and runs on to the end."""
    player = ReplyPlayback(RATE, 30.0, 0.1)
    for number in range(3):
        player.on_poses(12, 10.0 + 0.4 * number)
        player.on_audio(beat(), 10.0 + 0.4 * number)
    player.end(10.9)
    assert player.underruns == 0 and player.heard(10.05) == 0
    assert player.heard(10.6) == RATE // 2 and not player.is_over(11.2) and player.is_over(11.4)
    assert player.left_s(11.2) == pytest.approx(0.1)


def test_a_gap_is_one_underrun_however_long() -> None:
    """Sound that comes too late is counted once, and playing starts again after a buffer."""
    player = ReplyPlayback(RATE, 30.0, 0.1)
    player.on_audio(beat(), 0.0)
    for tick in range(60):
        player.render(0.5 + tick / 60)
    player.on_audio(beat(), 1.6)
    assert player.underruns == 1 and player.heard(1.65) == 9600
    player.end(1.7)
    assert player.heard(1.9) == 9600 + RATE * 2 // 10 and player.is_over(2.2) and player.underruns == 1


def test_skew_is_that_of_held_poses() -> None:
    """With all poses there the shown one is never older than a frame; with none following, skew grows."""
    player = ReplyPlayback(RATE, 30.0, 0.0)
    player.on_poses(12, 0.0)
    player.on_audio(beat(), 0.0)
    player.on_audio(beat(), 0.0)
    shown = [player.render(tick / 60) for tick in range(1, 48)]
    assert shown[0] == 0 and max(pose for pose in shown if pose is not None) == 11
    assert max(player.skews_ms[:23]) < 34 and player.skews_ms[-1] > 400


def test_silence_is_not_the_first_sound() -> None:
    """The first audible piece counts, not the first piece."""
    player = ReplyPlayback(RATE, 30.0, 0.1)
    player.on_audio(beat(0.005), 1.0)
    player.on_audio(beat(), 2.0)
    assert player.first_sound_s == 2.0


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 20_000)), min_size=1, max_size=20), st.floats(0, 0.3))
def test_what_is_heard_never_runs_back_or_ahead(pieces: list[tuple[float, int]], buffer_s: float) -> None:
    """However pieces arrive, the heard sample only grows and never passes what came."""
    player, now_s, received, heard = ReplyPlayback(RATE, 30.0, buffer_s), 0.0, 0, 0
    for wait_s, count in pieces:
        now_s += wait_s
        player.on_audio(np.ones(count, np.float32), now_s)
        received += count
        assert heard <= player.heard(now_s) <= received
        heard = player.heard(now_s)
    player.end(now_s)
    assert player.heard(now_s + 1000) == received and player.is_over(now_s + 1000)
    assert player.underruns < len(pieces)
