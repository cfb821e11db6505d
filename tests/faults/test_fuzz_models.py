"""Model and adapter folders that people bring, against broken ones: computed rightly or refused, never a traceback."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import strategies as st
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

from solami.config import load_serve_config
from solami.errors import ConfigError
from solami.llm.adapters import read_adapter
from solami.llm.checkpoint import read_weights
from solami.llm.decoder import StreamingDecoder
from solami.llm.ragged import Segment
from solami.llm.turn_ends import TurnEnds

Fuzz = Callable[..., None]
ROPE = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 16}
SIZES: dict[str, Any] = {
    "vocab_size": 20, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
    "max_position_embeddings": 16, "rope_parameters": ROPE,
}  # fmt: skip
ADAPTER = {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "use_rslora": False, "bias": "none"}
KEY = "base_model.model.model.layers.0.self_attn.q_proj.lora_"
values = (
    st.none() | st.booleans() | st.integers() | st.integers(-3, 9) | st.floats() | st.text(max_size=8)
    | st.lists(st.integers(), max_size=2) | st.dictionaries(st.text(max_size=5), st.integers(), max_size=2)
)  # fmt: skip


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole tiny model."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("llama")
    LlamaForCausalLM(LlamaConfig(**SIZES)).save_pretrained(folder)
    return folder


def changed(valid: dict[str, Any], keys: list[str]) -> st.SearchStrategy[str]:
    """JSON with some values changed or taken away, or something else altogether."""
    gone = object()
    near = st.sampled_from([valid[name] for name in keys if name in valid])
    changes = st.dictionaries(st.sampled_from(keys), near | values | st.just(gone), min_size=1, max_size=2)

    def apply(change: dict[str, Any]) -> str:
        merged = valid | {name: value for name, value in change.items() if value is not gone}
        return json.dumps({name: value for name, value in merged.items() if change.get(name) is not gone})

    return changes.map(apply) | values.map(json.dumps) | st.text(max_size=30)


@st.composite
def damaged(draw: st.DrawFn, valid: bytes) -> bytes:
    """Bytes with some of them changed, mostly in the header, then perhaps cut."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(1, 4))):
        data[draw(st.integers(0, min(200, len(data)) - 1) | st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)) | st.just(len(data)))])


def folder_like(original: Path, copy: Path) -> Path:
    return Path(shutil.copytree(original, copy))


def compute(folder: Path) -> None:
    """Read a model; what can be read can be run."""
    weights = read_weights(folder)
    decoder = StreamingDecoder(weights, 4)
    decoder.forward([Segment([0], 0, decoder.new_caches(1)[0])])


def test_broken_model_configs(fuzz: Fuzz, llama: Path, tmp_path: Path) -> None:
    """A config.json with other values is computed or refused with one sentence."""
    folder = folder_like(llama, tmp_path / "model")
    valid = json.loads((llama / "config.json").read_text())
    keys = [
        *SIZES,
        "rms_norm_eps",
        "num_key_value_heads",
        "head_dim",
        "model_type",
        "tie_word_embeddings",
        "hidden_act",
    ]

    def decode(text: str) -> None:
        (folder / "config.json").write_text(text, encoding="utf-8")
        compute(folder)

    fuzz(changed(valid, keys), decode, ConfigError, 200)


def test_broken_rotary_numbers(fuzz: Fuzz, llama: Path, tmp_path: Path) -> None:
    """Rotary settings with other values give finite turns or are refused."""
    folder = folder_like(llama, tmp_path / "model")
    valid = json.loads((llama / "config.json").read_text())
    kinds = {"rope_type": st.sampled_from(["default", "linear", "llama3", "yarn", "longrope"])}
    numbers = ["rope_theta", "factor", "low_freq_factor", "high_freq_factor", "beta_fast", "beta_slow", "mscale"]
    others = ["original_max_position_embeddings", "mscale_all_dim", "attention_factor", "truncate"]
    near = st.integers(0, 40) | st.floats(0, 100, exclude_min=True) | values
    ropes = st.fixed_dictionaries(kinds, optional=dict.fromkeys([*numbers, *others], near))

    def decode(rope: dict[str, Any]) -> None:
        (folder / "config.json").write_text(json.dumps(valid | {"rope_parameters": rope}), encoding="utf-8")
        turns = StreamingDecoder(read_weights(folder), 4).turns
        assert torch.isfinite(torch.view_as_real(turns)).all()

    fuzz(ropes, decode, ConfigError, 200)


def test_broken_weights(fuzz: Fuzz, llama: Path, tmp_path: Path) -> None:
    """A safetensors file with changed or missing bytes is computed or refused."""
    folder = folder_like(llama, tmp_path / "model")
    valid = (llama / "model.safetensors").read_bytes()

    def decode(content: bytes) -> None:
        (folder / "model.safetensors").write_bytes(content)
        compute(folder)

    fuzz(damaged(valid) | st.binary(max_size=60), decode, ConfigError, 200)


def test_broken_indexes(fuzz: Fuzz, llama: Path, tmp_path: Path) -> None:
    """An index of shards names files of its own folder, or is refused."""
    folder = folder_like(llama, tmp_path / "model")
    names = st.sampled_from(["model.safetensors", "../model.safetensors", "/etc/hostname", "config.json", ""])
    index = st.dictionaries(st.just("weight_map"), st.dictionaries(st.text(max_size=4), names | values, max_size=3))

    def decode(text: str) -> None:
        (folder / "model.safetensors.index.json").write_text(text, encoding="utf-8")
        compute(folder)

    fuzz(index.map(json.dumps) | values.map(json.dumps) | st.text(max_size=20), decode, ConfigError, 150)


def test_broken_adapters(fuzz: Fuzz, llama: Path, tmp_path: Path) -> None:
    """A LoRA whose config or matrices were changed is added or refused."""
    weights = read_weights(llama)
    matrices = {f"{KEY}A.weight": torch.ones(2, 8), f"{KEY}B.weight": torch.ones(8, 2)}
    save_file(matrices, tmp_path / "adapter_model.safetensors")
    valid = (tmp_path / "adapter_model.safetensors").read_bytes()

    def decode(given: tuple[str, bytes]) -> None:
        (tmp_path / "adapter_config.json").write_text(given[0], encoding="utf-8")
        (tmp_path / "adapter_model.safetensors").write_bytes(given[1])
        read_adapter(tmp_path, weights)

    keys = [*ADAPTER, "use_dora", "modules_to_save", "rank_pattern", "alpha_pattern"]
    fuzz(st.tuples(changed(ADAPTER, keys), st.just(valid)), decode, ConfigError, 150)
    fuzz(st.tuples(st.just(json.dumps(ADAPTER)), damaged(valid)), decode, ConfigError, 150)


def test_broken_turn_ends(fuzz: Fuzz, tmp_path: Path) -> None:
    """The file that tells when users have finished is read or refused."""
    valid = {"llm_sha256": "0", "bias": 0.5, "weight": [1.0, 2.0]}

    def decode(text: str) -> None:
        (tmp_path / "turn_ends.json").write_text(text, encoding="utf-8")
        TurnEnds.load(tmp_path)

    fuzz(changed(valid, list(valid)), decode, ConfigError, 200)


def test_broken_configurations(fuzz: Fuzz, tmp_path: Path) -> None:
    """A server's YAML with any bytes is a configuration or is refused."""
    path = tmp_path / "given.yaml"
    valid = b"engine: {kind: scripted}\nserver: {port: 8800, max_sessions: 2, api_key: hunter2}\n"

    def decode(content: bytes) -> None:
        path.write_bytes(content)
        load_serve_config(path)

    fuzz(damaged(valid) | st.binary(max_size=60), decode, ConfigError, 200)


def test_a_broken_configuration_keeps_its_secrets(tmp_path: Path) -> None:
    """A YAML that cannot be read is named by its place, not by the words there."""
    path = tmp_path / "given.yaml"
    path.write_text("server:\n  port: 8800, api_key: hunter2\n")
    with pytest.raises(ConfigError, match="not YAML at line 2, column 22") as refused:
        load_serve_config(path)
    assert "hunter2" not in str(refused.value)
