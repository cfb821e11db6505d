from pathlib import Path

import numpy as np
import pytest

from solami.body.kinematics import sole_height
from solami.body.measures import body_positions
from solami.body.pack import read_index
from solami.errors import InputError


def test_an_absent_or_broken_index_says_so(tmp_path: Path) -> None:
    """No index, no JSON, a missing key and an unknown split are InputErrors."""
    for text in (None, "{", '{"id": "a"}', '{"id": "a", "file": "a.npz", "caption": "", "action": "", "split": "x"}'):
        if text is not None:
            (tmp_path / "index.jsonl").write_text(text)
        with pytest.raises(InputError):
            read_index(tmp_path)


def test_real_clips_stand_on_the_floor(data_pack: Path) -> None:
    """The pack is read with the axes it says: upright bodies with their soles near y = 0."""
    clips = [c for c in read_index(data_pack / "motion") if c.path.parent.name == "smartbody"][:10]
    for clip in clips:
        assert abs(np.median(sole_height(body_positions(clip.read())))) < 0.05
