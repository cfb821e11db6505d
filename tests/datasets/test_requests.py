import pytest

from solami.datasets.procedural_clips import procedural_clips
from solami.datasets.requests import ANSWERS, TEMPLATES, imperative, request, requests


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


def test_every_canonical_caption_can_be_asked_for() -> None:
    """Each caption gives one request a template, and no request still stands in the third person."""
    captions = list(dict.fromkeys(clip.caption for clip in procedural_clips()))
    asked = requests(captions)
    assert len(asked) == len(captions) * len(TEMPLATES) == len(set(asked))
    assert request("waves with both hands", "{}!") == "Wave with both hands!"
    assert not [line for line in requests(captions, ("{}",)) if line.split()[0].endswith("s") and "ss" not in line[:6]]
    assert all(answer[0].isupper() and answer[-1] in ".?" for answer in ANSWERS)
