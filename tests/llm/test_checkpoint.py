"""Checkpoint folders are read strictly: what would be computed wrongly or is missing is refused."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from solami.errors import ConfigError
from solami.llm.checkpoint import read_weights
from solami.llm.shape import read_shape


def test_the_shape_is_that_of_the_config(tiny_llama: Path) -> None:
    """The numbers of config.json arrive, and the fused matrices have their rows."""
    shape, layer = read_shape(tiny_llama), read_weights(tiny_llama).layers[0]
    assert (shape.hidden, shape.layers, shape.heads, shape.kv_heads, shape.head_dim) == (32, 2, 4, 2, 8)
    assert (layer.qkv.inputs, layer.qkv.outputs) == (32, 64)
    assert (layer.gate_up.inputs, layer.gate_up.outputs) == (32, 96)
    assert layer.qk_norm is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "gpt2"}, "model_type"),
        ({"hidden_act": "gelu"}, "hidden_act"),
        ({"partial_rotary_factor": 0.5}, "partial_rotary_factor"),
        ({"use_sliding_window": True}, "sliding_window"),
        ({"model_type": "mistral", "sliding_window": 4096}, "sliding_window"),
        ({"quantization_config": {"bits": 4}}, "quantization_config"),
        ({"rope_parameters": {"rope_type": "dynamic", "rope_theta": 1e4, "factor": 2}}, "rope type"),
    ],
)
def test_models_it_does_not_compute_are_refused(
    tiny_llama: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    """A config the decoder would compute wrongly is an error that names the field and the way out."""
    config = json.loads((tiny_llama / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(ConfigError, match=f"{message}.*use engine transformers"):
        read_weights(tmp_path)


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
