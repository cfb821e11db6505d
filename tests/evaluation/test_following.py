import numpy as np

from solami.datasets.procedural_clips import canonical_action, procedural_clips
from solami.datasets.scripts import load_scripts
from solami.datasets.staging import Stage
from solami.evaluation.following import commonest_captions, following_measures, requests_for, train_judge
from solami.evaluation.replies import Reply
from solami.frames import AudioChunk, MotionChunk

CAPTIONS = ["claps", "bows", "jumps"]
CLIPS = [clip for clip in procedural_clips(10) if clip.caption in CAPTIONS]
TRAIN = [clip for clip in CLIPS if clip.split == "train"]
TRAIN_STAGE = Stage([], [clip for clip in procedural_clips(8) if clip.split == "train"])
HELD = Stage([], [clip for clip in procedural_clips(10) if clip.split == "test"])


def test_the_commonest_captions_are_things_one_asks_for() -> None:
    """Ten distinct canonical captions of held-out scripts, without talking, looking and standing."""
    captions = commonest_captions(load_scripts())
    assert len(set(captions)) == 10 and all(canonical_action(caption) for caption in captions)
    assert {"jumps", "waves with the right hand", "bows"} <= set(captions)
    assert captions == commonest_captions([s for s in load_scripts() if s.split != "train"])
    assert not any(caption.startswith(("talks", "looks", "stands")) for caption in captions)


def test_requests_are_worded_differently() -> None:
    """Every caption is asked for equally often, never twice in the same words, and every persona is asked."""
    asked = requests_for(CAPTIONS, 3, ["ada", "tom"])
    assert len(asked) == 9 and len({request.turn.text for request in asked}) == 9
    assert {request.turn.persona for request in asked} == {"ada", "tom"}
    assert [request.caption for request in asked].count("bows") == 3


def show(motion: MotionChunk) -> Reply:
    return Reply("Look.", AudioChunk(np.zeros(40_000, np.float32), 16_000), motion, ())


def test_doing_what_was_asked_is_told_from_doing_something_else() -> None:
    """Held-out takes of the captions are judged right, those of the next caption wrong; the ceiling stands beside."""
    judge = train_judge(TRAIN, TRAIN_STAGE)
    asked = requests_for(CAPTIONS, 1, ["ada"])
    takes = {clip.caption: clip.read() for clip in CLIPS if clip.split == "test"}
    right, wrong = ([show(takes[c]) for c in order] for order in (CAPTIONS, CAPTIONS[1:] + CAPTIONS[:1]))
    own, ceiling = following_measures(asked, right, judge, HELD)
    assert (own.source, ceiling.source) == ("requests", "retrieval")
    assert own.value == 1.0 and ceiling.value >= 2 / 3
    assert following_measures(asked, wrong, judge, HELD)[0].value == 0.0


def test_the_baseline_is_another_captions_however_often_each_is_asked_for() -> None:
    """Asked for everything twice and always right, the baseline is the commonest action's share, not the value."""
    judge = train_judge(TRAIN, TRAIN_STAGE)
    takes = {clip.caption: clip.read() for clip in CLIPS if clip.split == "test"}
    own, _ = following_measures(
        requests_for(CAPTIONS[:2], 2, ["ada"]), [show(takes[c]) for c in CAPTIONS[:2] * 2], judge, HELD
    )
    assert (own.value, own.baseline) == (1.0, 0.5)
