"""The test stream of sound against motion."""

import numpy as np
import pytest

from solami.audio.resample import StreamResampler
from solami.errors import ConfigError
from solami.evaluation.skew import peaks
from solami.frames import AudioChunk, MotionChunk, ReplyDone
from solami.stream_server.click_flip import ClickAndFlip, click_flip_backend, is_flipped


def performed(seconds: float, every_s: float) -> tuple[np.ndarray, list[MotionChunk]]:
    conversation = click_flip_backend(seconds, every_s).open("ada", 0)
    conversation.begin_turn(speech=False, body=False)
    conversation.push_text("go")
    conversation.end_turn()
    items = list(conversation.reply(seed=0))
    assert isinstance(items[-1], ReplyDone)
    samples = [item.samples for item in items if isinstance(item, AudioChunk)]
    return np.concatenate(samples), [item for item in items if isinstance(item, MotionChunk)]


@pytest.mark.parametrize("every_s", [1.0, 0.4, 2 / 3])
def test_clicks_are_centred_on_their_samples(every_s: float) -> None:
    """Every click's peak lies on the sample that plain arithmetic names, and nothing else sounds."""
    samples, _ = performed(6.0, every_s)
    clicks = ClickAndFlip(every_s).clicks(6.0, 16_000)
    assert len(clicks) == int(6.0 / every_s + 0.5) and peaks(samples) == clicks
    assert np.count_nonzero(samples) <= 33 * len(clicks)


def test_clicks_stay_where_they_are_at_24_khz() -> None:
    """Resampling for the wire moves no click by a sample."""
    samples, _ = performed(6.0, 1.0)
    resampler = StreamResampler(16_000, 24_000)
    parts = [resampler.push(part) for part in np.split(samples, 15)]
    assert peaks(np.concatenate([*parts, resampler.flush()])) == [12_000 + 24_000 * k for k in range(6)]


@pytest.mark.parametrize("every_s", [1.0, 0.4, 2 / 3])
def test_the_first_pose_after_a_flip_has_the_clicks_sample(every_s: float) -> None:
    """The wrist turns over in one step at each click, and nothing else moves."""
    samples, chunks = performed(6.0, every_s)
    stamps = np.concatenate([c.start_sample + np.arange(len(c.rotations)) * 16_000 / 30 for c in chunks])
    turned = np.concatenate([is_flipped(chunk) for chunk in chunks])
    flips = np.flatnonzero(np.diff(turned)) + 1
    assert not turned[0] and np.round(stamps[flips]).astype(int).tolist() == peaks(samples)
    rotations = np.delete(np.concatenate([chunk.rotations for chunk in chunks]), 21, axis=1)
    assert np.ptp(rotations, axis=0).max() == 0


def test_clicks_fall_on_poses() -> None:
    """An interval that would put a click between two poses is refused."""
    for every_s in (0.1, 0.03, 1.01):
        with pytest.raises(ConfigError, match="every_s"):
            ClickAndFlip(every_s)
