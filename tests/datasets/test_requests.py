import pytest

from solami.datasets.procedural_clips import procedural_clips
from solami.datasets.requests import ANSWERS, TEMPLATES, imperative, naming, request, requests


@pytest.mark.parametrize(
    ("caption", "asked"),
    [
        ("waves with the right hand", "wave with the right hand"),
        ("claps and bows", "clap and bow"),
        ("crosses the arms", "cross the arms"),
        ("points at the user", "point at me"),
        ("points at oneself", "point at yourself"),
        ("carries a box, turns around", "carry a box, turn around"),
        ("", ""),
    ],
)
def test_captions_become_requests(caption: str, asked: str) -> None:
    """The verbs lose their third person, and the character's own body is the listener's."""
    assert imperative(caption) == asked


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("waves with the right hand", "waving with my right hand"),
        ("claps", "clapping"),
        ("shrugs", "shrugging"),
        ("squats", "squatting"),
        ("points to the left", "pointing to the left"),
        ("points at oneself", "pointing at myself"),
        ("points at the user", "pointing at you"),
        ("shakes the head", "shaking my head"),
        ("puts both hands on the hips", "putting both hands on my hips"),
        ("spins around", "spinning around"),
        ("opens both arms wide", "opening both arms wide"),
        ("walks in a circle", "walking in a circle"),
    ],
)
def test_who_acts_names_it(caption: str, said: str) -> None:
    """The verb goes on, and the body is the speaker's own."""
    lines = naming(caption)
    assert lines[0] == f"I am {said}." and all(line.endswith(f"am {said}.") for line in lines)


def test_every_canonical_caption_can_be_asked_for() -> None:
    """Each caption gives one request a template, and no request still stands in the third person."""
    captions = list(dict.fromkeys(clip.caption for clip in procedural_clips()))
    asked = requests(captions)
    assert len(asked) == len(captions) * len(TEMPLATES) == len(set(asked))
    assert request("waves with both hands", "{}!") == "Wave with both hands!"
    assert not [line for line in requests(captions, ("{}",)) if line.split()[0].endswith("s") and "ss" not in line[:6]]
    assert all(answer[0].isupper() and answer[-1] in ".?" for answer in ANSWERS)
