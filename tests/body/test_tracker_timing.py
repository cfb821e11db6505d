"""Tracker samples brought to an even rate while they arrive."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.body.tracker_timing import TrackerResampler
from solami.body.trackers import TrackerChunk, tracker_chunk
from solami.errors import InputError

STILL = np.tile(np.array([0.0, 0, 0, 1]), (3, 1))


def ramp(times: np.ndarray, valid: np.ndarray | None = None) -> TrackerChunk:
    """Trackers whose x is the time."""
    positions = np.zeros((len(times), 3, 3))
    positions[..., 0] = times[:, None]
    seen = np.ones((len(times), 3), np.bool_) if valid is None else valid
    return tracker_chunk(positions, np.tile(STILL, (len(times), 1, 1)), times, seen)


@given(st.integers(0, 1000), st.lists(st.integers(1, 40), min_size=1, max_size=6))
@settings(max_examples=20, deadline=None)
def test_streaming_equals_whole(seed: int, cuts: list[int]) -> None:
    """Ticks do not depend on how the samples were cut, and lie where time says."""
    generator = np.random.default_rng(seed)
    times = 5.0 + np.cumsum(generator.uniform(0.005, 0.03, 120))
    chunk = ramp(times, generator.random((120, 3)) > 0.1)
    whole = TrackerResampler().push(chunk)
    stream, start, parts = TrackerResampler(), 0, []
    for size in [*cuts, 120]:
        parts.append(stream.push(chunk.cut(start, min(120, start + size))))
        start = min(120, start + size)
    np.testing.assert_array_equal(np.concatenate([p.times for p in parts]), whole.times)
    np.testing.assert_array_equal(np.concatenate([p.positions for p in parts]), whole.positions)
    np.testing.assert_array_equal(np.concatenate([p.valid for p in parts]), whole.valid)
    seen = whole.valid[:, 0]
    assert np.abs(whole.positions[seen, 0, 0] - whole.times[seen]).max() < 0.02 + 1e-5


@pytest.mark.parametrize("rate", [30.0, 36.0, 72.0, 90.0])
def test_every_rate_becomes_thirty(rate: float) -> None:
    """One second of any rate gives the poses of one second."""
    assert TrackerResampler().push(ramp(np.arange(int(rate) + 1) / rate)).count == 31


def test_fingers_are_those_of_the_nearest_sample() -> None:
    """Each tick has the fingers of the sample nearest in time, however the samples were cut; none before there are."""
    times = np.arange(91) / 90
    fingers = np.zeros((91, 30, 4))
    fingers[..., 0], fingers[..., 3] = np.sin(times)[:, None], np.cos(times)[:, None]
    positions, turns, seen = np.zeros((91, 3, 3)), np.tile(STILL, (91, 1, 1)), np.ones((91, 3), np.bool_)
    chunk = tracker_chunk(positions, turns, times, seen, fingers)
    stream = TrackerResampler()
    parts = [stream.push(chunk.cut(0, 31)), stream.push(chunk.cut(31, 91))]
    got = np.concatenate([part.fingers for part in parts if part.fingers is not None])
    np.testing.assert_allclose(np.arcsin(got[:, 0, 0]), np.arange(31) / 30, atol=1 / 180)
    assert TrackerResampler().push(ramp(times)).fingers is None


def test_long_gaps_are_not_bridged() -> None:
    """Nothing is invented in half a second without samples."""
    times = np.concatenate([np.arange(30) / 60, 1.0 + np.arange(30) / 60])
    out = TrackerResampler().push(ramp(times))
    assert not out.valid[(out.times > 0.52) & (out.times < 0.97)].any()
    assert out.valid[out.times < 0.45].all()


def test_time_must_grow() -> None:
    """A chunk from the past is refused."""
    stream = TrackerResampler()
    stream.push(ramp(np.array([1.0, 1.1])))
    with pytest.raises(InputError, match="time must grow"):
        stream.push(ramp(np.array([1.05])))
