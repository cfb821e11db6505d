"""Measures of solved bodies."""

from pathlib import Path

import numpy as np
import pytest
import torch

from solami.body.measures import body_positions
from solami.body.npz import write_motion
from solami.body.pack import Clip
from solami.body.procedural import idle, wave
from solami.config import checkpoint_folder
from solami.evaluation.three_points import nearest_model, three_points_measures, tracked
from solami.tokenizers.modules.three_points_net import ThreePointsNetConfig
from solami.tokenizers.three_points import ThreePointModel, ThreePointsConfig


@pytest.fixture
def clips(tmp_path: Path) -> list[Clip]:
    """Two made clips."""
    found = []
    for name, motion in (("wave", wave(1.5)), ("idle", idle(1.5))):
        write_motion(tmp_path / f"{name}.npz", motion)
        found.append(Clip(name, tmp_path / f"{name}.npz", name, name, "train", False, False, None, None))
    return found


def test_nearest_frames_know_what_they_saw(clips: list[Clip]) -> None:
    """On its own training clips the baseline beats random weights, and every row names it."""
    torch.manual_seed(0)
    model = ThreePointModel.fresh(ThreePointsConfig(net=ThreePointsNetConfig(read_width=8, state_width=8)))
    model.net.write.weight.data *= 20
    rows = {row.name: row for row in three_points_measures(model, nearest_model(model, clips), clips, "train")}
    assert set(rows) == {
        "three_points_upper_mm",
        "three_points_legs_mm",
        "three_points_jerk_m_s3",
        "source_jerk_m_s3",
    }
    for name in ("three_points_upper_mm", "three_points_legs_mm"):
        assert rows[name].baseline is not None
        assert rows[name].baseline < rows[name].value
        assert rows[name].baseline < 60


def test_a_tracked_body_is_where_its_hands_are() -> None:
    """Solved from its own head and wrists by the shipped weights, a waving hand stays where it was, pose by pose."""
    motion = wave(2.0)
    solved = tracked(ThreePointModel.load(checkpoint_folder("default")), motion)
    count = min(len(solved.rotations), len(motion.rotations))
    wrists = [body_positions(m)[:count, [20, 21]] for m in (solved, motion)]
    assert count > 55 and np.linalg.norm(wrists[0] - wrists[1], axis=-1).mean() < 0.1
