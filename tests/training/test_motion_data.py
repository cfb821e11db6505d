import json
from pathlib import Path

import numpy as np
import pytest

from solami.body.npz import write_motion
from solami.body.procedural import idle, wave
from solami.tokenizers.motion import MotionTokenizerConfig
from solami.training import motion_data
from solami.training.motion_data import load_training_windows
from solami.training.motion_tokenizer import MotionTrainConfig


def _pack(folder: Path) -> Path:
    rows = [("a", "train", True), ("b", "train", False), ("c", "test", True)]
    for seed, (name, split, has_hands) in enumerate(rows):
        write_motion(folder / f"{name}.npz", (wave if has_hands else idle)(1.5, seed=seed))
        row = {"id": name, "file": f"{name}.npz", "caption": "waves", "action": name, "split": split}
        with (folder / "index.jsonl").open("a") as index:
            index.write(json.dumps(row | {"has_hands": has_hands, "hands_animated": has_hands}) + "\n")
    return folder


def _config(folder: Path) -> MotionTrainConfig:
    net = {"codebook_size": 16, "latent_dim": 8, "width": 12, "refine_width": 6, "dilations": [1]}
    tokenizer = MotionTokenizerConfig.model_validate({"body": net, "hands": net})
    return MotionTrainConfig(
        tokenizer=tokenizer, data=folder, out=folder / "out", window_frames=64, speed_copies=0, rare_actions=("a",)
    )


@pytest.fixture(autouse=True)
def few_captions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(motion_data, "CAPTIONS", ("nods",))


def test_windows_are_drawn_from_train_clips(tmp_path: Path) -> None:
    """Held-out clips are in no window; fingers that were not captured are relaxed; short clips are held to a window."""
    data = load_training_windows(_config(_pack(tmp_path)), np.random.default_rng(0))
    procedural, relaxed = 2 * (motion_data.PROCEDURAL_TAKES + motion_data.IDLES), 4
    assert len(data["body"].clips) == 2 * 2 + relaxed + procedural
    assert len(data["hands"].clips) == len(data["body"].clips)
    assert min(len(clip) for clip in data["body"].clips) == 64
    assert data["body"].draw(3, np.random.default_rng(0)).shape == (3, 136, 64)


def test_procedural_motion_has_its_share(tmp_path: Path) -> None:
    """Procedural windows are drawn about as often as the share says (short captured clips are held, and weigh more)."""
    weights = load_training_windows(_config(_pack(tmp_path)), np.random.default_rng(0))["body"].weights
    procedural = 2 * (motion_data.PROCEDURAL_TAKES + motion_data.IDLES)
    assert 0.05 < weights[-procedural:].sum() < 0.2


def test_rare_actions_are_drawn_more_often(tmp_path: Path) -> None:
    """A clip with a rare action weighs as much more as the configuration says."""
    weights = load_training_windows(_config(_pack(tmp_path)), np.random.default_rng(0))["body"].weights
    np.testing.assert_allclose(weights[0], 3 * weights[2])
    np.testing.assert_allclose(weights.sum(), 1)
