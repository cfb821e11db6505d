import pytest

from solami.body.gestures.catalogue import CAPTIONS, perform
from solami.datasets.procedural_clips import procedural_clips, split_of_seed


def test_every_caption_has_clips_of_every_split() -> None:
    """Fourteen takes a caption: twelve train, one val, one test, each with its own id."""
    clips = procedural_clips()
    assert len({clip.id for clip in clips}) == len(clips) == 14 * len(CAPTIONS)
    for split, count in (("train", 12), ("val", 1), ("test", 1)):
        assert sum(clip.split == split for clip in clips) == count * len(CAPTIONS)
    assert clips[0].id.startswith("procedural/") and clips[7].id.endswith("-0007")


@pytest.mark.parametrize(("seed", "split"), [(0, "train"), (17, "train"), (8, "val"), (28, "val"), (19, "test")])
def test_splits_go_by_the_last_digit(seed: int, split: str) -> None:
    """Seeds that end in 8 are val, in 9 test."""
    assert split_of_seed(seed) == split


def test_a_clip_is_read_on_demand() -> None:
    """Its poses are the performance's, and its length is known before."""
    clip = next(clip for clip in procedural_clips() if clip.caption == "nods")
    motion = clip.read()
    assert (motion.rotations == perform("nods", clip.seed).motion.rotations).all()
    assert abs(clip.seconds - len(motion.rotations) / 30) < 0.1
    assert clip.stroke_s is not None and clip.stroke_s < clip.seconds
