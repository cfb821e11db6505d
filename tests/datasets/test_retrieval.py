import random
from pathlib import Path

import pytest

from solami.datasets.motion import MotionClip
from solami.datasets.retrieval import Match, MotionRetriever, first_clause, mirrored_caption, mix


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


def test_the_same_caption_is_a_whole_match() -> None:
    """A clip of exactly the caption scores one, and without mirror images each clip is there once."""
    found = MotionRetriever(CLIPS, mirrors=False).find("jumps forward", 10)
    assert found[0].score == 1.0 and not any(match.is_mirrored for match in found)
    assert len({match.clip.id for match in found}) == len(found)


@pytest.mark.parametrize(
    ("made", "found", "expected"),
    [
        (1.0, 0.3, {"made"}),
        (0.2, 0.9, {"found"}),
        (1.0, 0.8, {"made", "found"}),
        (1.0, 0.5, {"made"}),
        (0.1, 0.1, set()),
    ],
)
def test_procedural_clips_fill_what_captures_lack(made: float, found: float, expected: set[str]) -> None:
    """The better source wins, both are drawn where both show the caption, and poor matches count for nothing."""
    one, two = [Match(clip("made", "x"), False, made)], [Match(clip("found", "x"), False, found)]
    drawn = {match.caption for seed in range(20) for match in mix(one, two, random.Random(seed))}
    assert drawn == expected


@pytest.mark.parametrize(
    ("caption", "first"),
    [("claps slowly twice and bows", "claps"), ("jumps in place, then waves", "jumps"), ("nods", "nods")],
)
def test_the_first_clause_is_what_is_done_first(caption: str, first: str) -> None:
    """Manner and all that follows are left out."""
    assert first_clause(caption) == first
