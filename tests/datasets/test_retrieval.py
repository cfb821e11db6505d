from pathlib import Path

import pytest

from solami.datasets.motion import MotionClip
from solami.datasets.retrieval import MotionRetriever, mirrored_caption


def clip(caption: str, action: str) -> MotionClip:
    return MotionClip(caption, Path("x.npz"), caption, action, 2.0, None, True, True, "train", "CC0")


CLIPS = [
    clip("waves with the right hand", "wave"),
    clip("nods the head yes", "nod"),
    clip("points to the left with the left hand", "point"),
    clip("jumps forward", "jump"),
    clip("stands idle", "idle"),
]


@pytest.mark.parametrize(
    ("caption", "action"), [("nods slowly", "nod"), ("hops", "jump"), ("is waving with the right hand", "wave")]
)
def test_the_nearest_caption_wins(caption: str, action: str) -> None:
    """Inflected words and a few synonyms find their clip."""
    assert MotionRetriever(CLIPS).find(caption, 1)[0].clip.action == action


def test_sides_are_respected() -> None:
    """The other side is reached by mirroring, and the caption says what is then seen."""
    best = MotionRetriever(CLIPS).find("waves with the left hand", 1)[0]
    assert best.is_mirrored and best.caption == "waves with the left hand"
    points = [m.caption for m in MotionRetriever(CLIPS).find("points to the left", 10) if m.clip.action == "point"]
    assert points == ["points to the left with the left hand"]


def test_mirroring_a_caption_twice_gives_it_back() -> None:
    """Left and right change places, nothing else does."""
    text = "turns left, then right, uprightly"
    assert mirrored_caption(text) == "turns right, then left, uprightly"
    assert mirrored_caption(mirrored_caption(text)) == text
