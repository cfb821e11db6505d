"""Training the three-point network."""

import json
from pathlib import Path

import numpy as np
import pytest

from solami.body.gestures.catalogue import CAPTIONS
from solami.body.npz import write_motion
from solami.body.procedural import idle, wave
from solami.errors import ConfigError
from solami.tokenizers.modules.three_points_net import ThreePointsNetConfig
from solami.tokenizers.three_points import ThreePointsConfig
from solami.training.three_points import ThreePointsTrainConfig, load_windows, three_points_losses, train_three_points
from solami.training.three_points_data import Faults, TrackerWindows, tracked


def pack(folder: Path, seconds: float) -> Path:
    """A motion pack of two made clips."""
    rows = []
    for name, motion in (("a", wave(seconds)), ("b", idle(seconds))):
        write_motion(folder / f"{name}.npz", motion)
        rows.append({"id": name, "file": f"{name}.npz", "caption": "x", "action": "x", "split": "train"})
        rows[-1] |= {"has_hands": False, "hands_animated": False}
    (folder / "index.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return folder


def config(folder: Path, **changed: object) -> ThreePointsTrainConfig:
    """A run of a few seconds."""
    net = ThreePointsConfig(net=ThreePointsNetConfig(read_width=16, state_width=16))
    values = {
        "model": net,
        "data": folder,
        "out": folder / "out",
        "steps": 60,
        "batch_size": 4,
        "window_frames": 12,
        "takes": 0,
    }
    return ThreePointsTrainConfig.model_validate(values | changed)


def test_training_learns_and_saves(tmp_path: Path) -> None:
    """A few steps lower the error on fresh windows, and the checkpoint is there."""
    settings = config(pack(tmp_path, 2.0))
    model = train_three_points(settings)
    untrained = train_three_points(config(tmp_path, steps=1, learning_rate=1e-9, out=tmp_path / "raw"))
    windows = TrackerWindows([tracked(wave(2.0)), tracked(idle(2.0))], 12, Faults())
    window = windows.draw(8, np.random.default_rng(9))
    after, before = (three_points_losses(m, window)["position"].item() for m in (model, untrained))
    assert after < 0.8 * before
    assert (tmp_path / "out" / "three_points.safetensors").is_file()


def test_takes_of_every_caption_are_learnt_from(tmp_path: Path) -> None:
    """A take of each of the sixty captions and its mirror image stand beside the captures."""
    folder, generator = pack(tmp_path, 2.0), np.random.default_rng(0)
    alone, beside = (len(load_windows(config(folder, takes=n, seated_share=0.0), generator)) for n in (0, 1))
    assert alone == 4
    assert beside == alone + 2 * len(CAPTIONS)


def test_a_pack_of_short_clips_is_refused(tmp_path: Path) -> None:
    """Without a clip as long as a window there is nothing to learn from."""
    with pytest.raises(ConfigError, match="no train clips"):
        train_three_points(config(pack(tmp_path, 0.2)))
