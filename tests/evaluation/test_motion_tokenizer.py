import json
from pathlib import Path

import numpy as np
import pytest

from solami.body.npz import write_motion
from solami.body.pack import read_index
from solami.body.procedural import wave
from solami.evaluation.motion_tokenizer import motion_measures
from solami.tokenizers.dummy_motion import DummyMotionTokenizer


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A data pack of two procedural waves."""
    (tmp_path / "made").mkdir()
    rows = []
    for number, split in enumerate(("val", "test")):
        write_motion(tmp_path / "made" / f"{number}.npz", wave(1.0 + number / 10))
        rows.append(
            {"id": f"{number}", "file": f"made/{number}.npz", "split": split, "caption": "waves", "action": "wave"}
            | {"has_hands": False, "hands_animated": False}
        )
    (tmp_path / "index.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_motion_is_measured_by_source_beside_a_held_pose(pack: Path) -> None:
    """Every source has an MPJPE over all its clips, with the error of holding the first pose beside it."""
    rows = motion_measures(DummyMotionTokenizer(), read_index(pack), "val+test")
    errors = {row.source: row for row in rows if row.name == "mpjpe_mm"}
    assert set(errors) == {"all", "made"}
    assert (errors["all"].n, errors["all"].split) == (2, "val+test")
    assert errors["all"].baseline is not None
    assert errors["all"].baseline > 1.0
    assert np.isfinite(errors["all"].value)


def test_every_error_has_one_row_over_all_clips(pack: Path) -> None:
    """Aligned error, rotations, feet and acceleration are there once; fingers are not where none move."""
    rows = motion_measures(DummyMotionTokenizer(), read_index(pack), "test")
    names = sorted(row.name for row in rows if row.source == "all")
    errors = ["acceleration_error_m_s2", "foot_skate_ratio", "mpjpe_mm", "pa_mpjpe_mm", "rotation_error_deg"]
    assert names == [*errors, "standing_foot_m_s", "standing_foot_source_m_s"]
