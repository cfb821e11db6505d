"""Training the idle network."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from solami.body.npz import write_motion
from solami.body.procedural import idle
from solami.errors import ConfigError
from solami.tokenizers.modules.motion_vq import MotionNetConfig
from solami.tokenizers.motion import MotionTokenizerConfig, VQMotionTokenizer
from solami.training.idle import IdleTrainConfig, longest_copy, train_idle
from solami.training.idle_data import Sequence


def tokenizer() -> VQMotionTokenizer:
    """Tiny random weights."""
    torch.manual_seed(0)
    net = MotionNetConfig(codebook_size=8, num_codebooks=1, latent_dim=4, width=8, refine_width=4, dilations=(1,))
    return VQMotionTokenizer.fresh(MotionTokenizerConfig(body=net, hands=net))


def settings(folder: Path, **changed: object) -> IdleTrainConfig:
    """A run of a second on one made clip."""
    write_motion(folder / "a.npz", idle(4.0))
    row = {"id": "a", "file": "a.npz", "caption": "x", "action": "idle", "split": "train"}
    (folder / "index.jsonl").write_text(json.dumps(row | {"has_hands": True, "hands_animated": False}))
    values = {"data": folder, "out": folder / "out", "actions": ["idle"], "steps": 40, "batch_size": 8, "window": 12}
    return IdleTrainConfig.model_validate(values | changed)


def test_training_learns_and_saves(tmp_path: Path) -> None:
    """The cross entropy falls and the checkpoint is there."""
    train_idle(settings(tmp_path), tokenizer())
    rows = [json.loads(line) for line in (tmp_path / "out" / "metrics.jsonl").read_text().splitlines()]
    assert rows[-1]["book0"] < rows[0]["book0"]
    assert (tmp_path / "out" / "idle.safetensors").is_file()


def test_no_clips_is_an_error(tmp_path: Path) -> None:
    """A pack without such actions is refused."""
    with pytest.raises(ConfigError, match="no train clips of walk"):
        train_idle(settings(tmp_path, actions=["walk"]), tokenizer())


def test_copies_are_found(tmp_path: Path) -> None:
    """A stretch that a training sequence holds is measured in code frames."""
    model = train_idle(settings(tmp_path, steps=1), tokenizer())
    motion = model.motion(0)
    made = np.concatenate([motion.step(i // 40 % 2 == 1, i % 11 == 0).body.values for i in range(4)], axis=1).T
    held = Sequence(np.concatenate([made[3:10], made[3:10]], axis=1), np.zeros(7, np.int32))
    assert longest_copy(model, [held], beats=4) >= 7
