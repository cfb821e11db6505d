"""Checkpoint folders are read strictly: what would be computed wrongly or is missing is refused."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from solami.errors import ConfigError
from solami.llm.checkpoint import read_weights


def test_matrices_are_fused(tiny_llama: Path) -> None:
    """Queries, keys and values are one matrix, and so are gate and up."""
    layer = read_weights(tiny_llama).layers[0]
    assert (layer.qkv.inputs, layer.qkv.outputs) == (32, 64)
    assert (layer.gate_up.inputs, layer.gate_up.outputs) == (32, 96)
    assert layer.qk_norm is None


def test_a_folder_without_weights_is_refused(tiny_llama: Path, tmp_path: Path) -> None:
    """A missing config, missing safetensors and a missing tensor are errors that say which."""
    with pytest.raises(ConfigError, match=r"config\.json"):
        read_weights(tmp_path)
    (tmp_path / "config.json").write_text((tiny_llama / "config.json").read_text())
    with pytest.raises(ConfigError, match="safetensors"):
        read_weights(tmp_path)
    save_file({"x": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(ConfigError, match="embed_tokens"):
        read_weights(tmp_path)
