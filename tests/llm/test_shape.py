"""config.json is read strictly: what the decoder would compute wrongly is refused."""

import json
from pathlib import Path

import pytest

from solami.errors import ConfigError
from solami.llm.rotary import Rope
from solami.llm.shape import read_shape


def test_the_shape_is_that_of_the_config(tiny_llama: Path) -> None:
    """The numbers of config.json arrive."""
    shape = read_shape(tiny_llama)
    assert (shape.hidden, shape.intermediate, shape.layers) == (32, 48, 2)
    assert (shape.heads, shape.kv_heads, shape.head_dim) == (4, 2, 8)
    assert shape.rope == Rope(10_000.0)


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
        read_shape(tmp_path)


def test_a_config_that_cannot_be_read_is_refused(tiny_llama: Path, tmp_path: Path) -> None:
    """A missing file, a file that is no JSON and a missing key are errors that say which."""
    path = tmp_path / "config.json"
    with pytest.raises(ConfigError, match=r"config\.json is missing"):
        read_shape(tmp_path)
    path.write_text("{")
    with pytest.raises(ConfigError, match="is not JSON"):
        read_shape(tmp_path)
    config = json.loads((tiny_llama / "config.json").read_text())
    del config["rms_norm_eps"]
    path.write_text(json.dumps(config))
    with pytest.raises(ConfigError, match="rms_norm_eps"):
        read_shape(tmp_path)
