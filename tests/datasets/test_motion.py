import json
from pathlib import Path

import numpy as np
import pytest

from solami import skeleton
from solami.body.npz import write_motion
from solami.body.procedural import wave
from solami.datasets.motion import load_motion_clips
from solami.errors import InputError
from solami.frames import MotionChunk


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Two clips of the same wave with straight fingers, one with captured fingers, one half of a pair without."""
    folder = tmp_path / "motion"
    folder.mkdir()
    rotations = wave(1.0).rotations.copy()
    rotations[:, skeleton.FIRST_FINGER :] = (0, 0, 0, 1)
    write_motion(folder / "a.npz", MotionChunk(rotations, wave(1.0).translation))
    row = {"file": "a.npz", "caption": "waves", "action": "wave", "seconds": 1.0, "split": "train", "licence": "CC0"}
    with_hands = row | {"id": "a", "has_hands": True, "pair_id": None, "phases": {"stroke_start": 0.4}}
    without = row | {"id": "b", "has_hands": False, "pair_id": "p1", "phases": None}
    (folder / "index.jsonl").write_text(f"{json.dumps(with_hands)}\n{json.dumps(without)}\n")
    return tmp_path


def test_the_index_is_what_clips_know(pack: Path) -> None:
    """Gesture time, hands and pairs come from the index."""
    alone, paired = load_motion_clips(pack)
    assert (alone.stroke_s, alone.has_hands, alone.is_alone) == (0.4, True, True)
    assert (paired.stroke_s, paired.has_hands, paired.is_alone) == (None, False, False)


def test_fingers_that_were_not_captured_are_relaxed(pack: Path) -> None:
    """A clip without fingers gets relaxed ones; the body is untouched."""
    captured, relaxed = (clip.read().rotations for clip in load_motion_clips(pack))
    fingers = slice(skeleton.FIRST_FINGER, None)
    np.testing.assert_allclose(captured[:, : skeleton.NUM_BODY_JOINTS], relaxed[:, : skeleton.NUM_BODY_JOINTS])
    np.testing.assert_allclose(captured[:, fingers, 3], 1)
    assert relaxed[:, fingers, 3].min() < 0.999


def test_a_missing_index_is_named(tmp_path: Path) -> None:
    """Without the index the error says what is missing."""
    with pytest.raises(InputError, match=r"index\.jsonl"):
        load_motion_clips(tmp_path)
