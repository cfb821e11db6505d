import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from solami.body.npz import write_motion
from solami.body.pack import read_index
from solami.body.procedural import wave
from solami.errors import ConfigError, InputError
from solami.tokenizers.modules.motion_vq import MotionNetConfig
from solami.tokenizers.motion import VQMotionTokenizer
from solami.training.motion_scores import codebook_use
from solami.training.motion_tokenizer import MotionTrainConfig, train_motion_tokenizer

NET = {"codebook_size": 32, "latent_dim": 8, "width": 24, "refine_width": 16, "dilations": [1]}


def _config(folder: Path, **changed: object) -> MotionTrainConfig:
    for seed, split in enumerate(("train", "test")):
        write_motion(folder / f"{split}.npz", wave(3.0, seed=seed))
    row = {"caption": "waves", "action": "wave", "has_hands": True, "hands_animated": True}
    rows = [row | {"id": s, "file": f"{s}.npz", "split": s} for s in ("train", "test")]
    (folder / "index.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    settings = {
        "tokenizer": {"body": NET, "hands": NET}, "data": folder, "out": folder / "out", "steps": 60, "batch_size": 8,
        "window_frames": 32, "speed_copies": 0, "warmup_steps": 2, "learning_rate": 3e-3, "hands_every": 1,
    }  # fmt: skip
    return MotionTrainConfig.model_validate(settings | changed)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[MotionTrainConfig, VQMotionTokenizer]:
    config = _config(tmp_path_factory.mktemp("pack"))
    return config, train_motion_tokenizer(config)


def test_training_lowers_what_is_lost(trained: tuple[MotionTrainConfig, VQMotionTokenizer]) -> None:
    """At the end of a short run joints are nearer and move more alike than at its start."""
    rows = [json.loads(line) for line in (trained[0].out / "metrics.jsonl").read_text().splitlines()]
    for part in ("body", "hands"):
        first, last = [r for r in rows if r["part"] == part][:: len(rows) // 2 - 1]
        assert last["position"] < first["position"] and last["velocity"] < 0.8 * first["velocity"]


def test_what_is_saved_is_what_was_trained(trained: tuple[MotionTrainConfig, VQMotionTokenizer]) -> None:
    """The checkpoint in `out` decodes as the returned tokenizer does, and the run left its metrics."""
    config, tokenizer = trained
    loaded = VQMotionTokenizer.load(config.out)
    codes = loaded.encode(wave(1.0))
    np.testing.assert_allclose(loaded.decode(codes).rotations, tokenizer.decode(codes).rotations, atol=0.02)
    rows = [json.loads(line) for line in (config.out / "metrics.jsonl").read_text().splitlines()]
    assert {r["part"] for r in rows} == {"body", "hands"} and rows[0]["step"] == 0
    use = codebook_use(loaded, [c for c in read_index(config.data) if c.split == "train"])
    assert 0 < use["body_0"]["use"] <= 1


def test_the_same_seed_trains_the_same(tmp_path: Path) -> None:
    """Two short runs of one seed save identical weights, and a run can go on from another's checkpoint."""
    config = _config(tmp_path, steps=2)
    again = config.model_copy(update={"out": tmp_path / "again"})
    for run in (config, again):
        train_motion_tokenizer(run)
    assert (config.out / "motion.safetensors").read_bytes() == (again.out / "motion.safetensors").read_bytes()
    train_motion_tokenizer(config.model_copy(update={"start": config.out, "out": tmp_path / "on", "steps": 1}))
    assert (tmp_path / "on" / "motion.json").is_file()


def test_one_part_can_be_trained_anew(tmp_path: Path) -> None:
    """With `anew` that part starts over, of whatever size, and the other is kept to the last bit."""
    config = _config(tmp_path, steps=2)
    train_motion_tokenizer(config)
    wider = config.tokenizer.model_copy(update={"hands": MotionNetConfig.model_validate(NET | {"width": 32})})
    changes = {"start": config.out, "anew": "hands", "tokenizer": wider, "out": tmp_path / "on"}
    train_motion_tokenizer(config.model_copy(update=changes))
    old, new = (load_file(folder / "motion.safetensors") for folder in (config.out, tmp_path / "on"))
    assert all(torch.equal(old[name], new[name]) for name in old if name.startswith("body."))
    assert new["hands.to_latent.weight"].shape[1] == 32


def test_data_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A folder without an index is an InputError; a wrong key in the configuration is refused."""
    with pytest.raises(InputError):
        train_motion_tokenizer(_config(tmp_path).model_copy(update={"data": tmp_path / "absent"}))
    with pytest.raises((ConfigError, ValueError)):
        _config(tmp_path, stepz=3)
