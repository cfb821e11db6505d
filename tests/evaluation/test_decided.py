import numpy as np
import pytest

from solami.body.gestures.catalogue import perform
from solami.datasets.motion import MotionClip
from solami.datasets.procedural_clips import procedural_clips
from solami.datasets.scripts import ScriptTurn
from solami.datasets.staging import Stage
from solami.evaluation.decided import does_measures
from solami.evaluation.following import train_judge
from solami.evaluation.replies import Reply
from solami.evaluation.senses import CaptionReader
from solami.evaluation.talks import Played
from solami.frames import AudioChunk

CAPTIONS = ["claps", "bows", "jumps"]
CLIPS: list[MotionClip] = [clip for clip in procedural_clips(6) if clip.caption in CAPTIONS]
STAGE = Stage([], procedural_clips(6))


def played(wanted: str, does: str, shown: str) -> Played:
    """One answer: what the script's character does, what the reply says it does, and what its body shows."""
    sound = AudioChunk(np.zeros(16_000, np.float32), 16_000)
    return Played(
        ScriptTurn("agent", "Look.", wanted, ""), Reply("Look.", sound, perform(shown, 5).motion, (), does=does)
    )


def test_does_is_held_to_the_script_and_the_motion_to_does() -> None:
    """Of four answers three say what the script does, and of the three that say anything two show what they say."""
    talks = [
        [played("bows", "bows", "bows"), played("claps", "claps", "claps")],
        [played("bows", "bows", "jumps"), played("claps", "", "claps"), played("floats on air", "", "bows")],
    ]
    judge = train_judge(CLIPS, STAGE)
    rows = {row.name: row for row in does_measures(talks, CaptionReader(CLIPS), judge, split="val")}
    assert rows["does_accuracy"].value == pytest.approx(3 / 4) and rows["does_accuracy"].baseline == 1 / 2
    assert rows["does_shown"].value == pytest.approx(2 / 3) and rows["does_shown"].n == 2


def test_an_older_llm_that_says_nothing_has_no_second_row() -> None:
    """Without any `does` nothing is right, and there is nothing to hold the motion to."""
    judge = train_judge(CLIPS, STAGE)
    rows = does_measures([[played("bows", "", "bows")]], CaptionReader(CLIPS), judge, split="val")
    assert [(row.name, row.value) for row in rows] == [("does_accuracy", 0.0)]
