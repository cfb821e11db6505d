"""Tensors come from one file or from the shards of an index, and broken folders are refused."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from solami.errors import ConfigError
from solami.llm.checkpoint import read_weights
from solami.llm.stored_tensors import INDEX, StoredTensors, model_files


def test_shards_hold_the_model_of_one_file(tiny_llama: Path, tmp_path: Path) -> None:
    """A model saved in several shards is read as the same numbers; other files beside them are left alone."""
    AutoModelForCausalLM.from_pretrained(tiny_llama).save_pretrained(tmp_path, max_shard_size="20KB")
    save_file({"model.norm.weight": torch.zeros(7)}, tmp_path / "zzz.safetensors")
    assert len(model_files(tmp_path)) > 2
    one, many = read_weights(tiny_llama), read_weights(tmp_path)
    assert torch.equal(one.embedding, many.embedding) and torch.equal(one.head, many.head)
    x = torch.randn(3, 32)
    for single, sharded in zip(one.layers, many.layers, strict=True):
        outs = torch.empty(2, 3, single.qkv.outputs)
        single.qkv.write(x, outs[0])
        sharded.qkv.write(x, outs[1])
        assert torch.equal(outs[0], outs[1])


def test_a_broken_folder_is_refused(tiny_llama: Path, tmp_path: Path) -> None:
    """No file, a missing shard, an index that is none and a file cut short are errors that name it."""
    with pytest.raises(ConfigError, match="other formats are not loaded"):
        model_files(tmp_path)
    (tmp_path / INDEX).write_text(json.dumps({"weight_map": {"a": "one.safetensors", "b": "../up.safetensors"}}))
    with pytest.raises(ConfigError, match=r"names \.\./up\.safetensors, one\.safetensors"):
        model_files(tmp_path)
    (tmp_path / INDEX).write_text("[]")
    with pytest.raises(ConfigError, match="not an index"):
        model_files(tmp_path)
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes((tiny_llama / "model.safetensors").read_bytes()[:-10])
    with pytest.raises(ConfigError, match="not a whole safetensors file"):
        StoredTensors([cut], "cpu", torch.float32)


def test_a_tensor_of_another_shape_is_refused(tmp_path: Path) -> None:
    """What config.json promises must be in the file."""
    save_file({"x": torch.zeros(2, 3)}, tmp_path / "model.safetensors")
    stored = StoredTensors(model_files(tmp_path), "cpu", torch.float32)
    assert stored.names == {"x"} and stored.has("x") and not stored.has("y")
    with pytest.raises(ConfigError, match=r"x is \[2, 3\], expected \[3, 2\]"):
        stored.take("x", 3, 2)
    with pytest.raises(ConfigError, match="y is missing"):
        stored.take("y", 1)
