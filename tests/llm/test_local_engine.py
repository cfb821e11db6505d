"""The local engine's logits are transformers' logits, whatever the shape, the cache and the batch."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig, PretrainedConfig, Qwen2Config, Qwen3Config

from solami.errors import ConfigError
from solami.llm.checkpoint import read_weights
from solami.llm.decoder import Segment, StreamingDecoder

SMALL = {"vocab_size": 97, "num_hidden_layers": 2, "max_position_embeddings": 64, "initializer_range": 0.15}
CONFIGS: dict[str, PretrainedConfig] = {
    "llama, tied": LlamaConfig(
        **SMALL,
        hidden_size=32,
        intermediate_size=40,
        num_attention_heads=4,
        num_key_value_heads=1,
        tie_word_embeddings=True,
    ),
    "llama, wide heads": LlamaConfig(
        **SMALL, hidden_size=24, intermediate_size=56, num_attention_heads=3, num_key_value_heads=3, head_dim=16
    ),
    "qwen2, bias": Qwen2Config(
        **SMALL, hidden_size=32, intermediate_size=48, num_attention_heads=4, num_key_value_heads=2, rope_theta=1e6
    ),
    "qwen3, q/k norm": Qwen3Config(
        **SMALL, hidden_size=32, intermediate_size=48, num_attention_heads=6, num_key_value_heads=2, head_dim=8
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_logits_match_transformers(name: str, dtype: torch.dtype, tmp_path: Path) -> None:
    """Chunks of every length, then batched single steps of different lengths, agree to 1e-4 in float32."""
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(CONFIGS[name])
    for parameter in model.parameters():  # biases and norm scales that are not trivially 0 and 1
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    model.to(dtype).save_pretrained(tmp_path)
    reference = AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32)
    decoder = StreamingDecoder(read_weights(tmp_path), 48)
    texts = torch.randint(0, 97, (2, 40))
    with torch.inference_mode():
        wanted = reference(texts).logits
        caches = [decoder.new_cache(), decoder.new_cache()]
        lengths = [0, 0]
        for counts in ([1, 7], [13, 2], [1, 1], [5, 1], [1, 1], [4, 19], [1, 1]):
            segments = [
                Segment(texts[i, lengths[i] : lengths[i] + n].tolist(), lengths[i], caches[i])
                for i, n in enumerate(counts)
            ]
            rows = decoder.forward(segments)
            lengths = [length + n for length, n in zip(lengths, counts, strict=True)]
            for i in range(2):
                logits = rows[i] @ decoder.weights.head.T
                assert (logits - wanted[i, lengths[i] - 1]).abs().max() < 1e-4


def test_a_long_prompt_runs_in_chunks(tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cutting a prompt into chunks does not change the best next ids."""
    from solami.llm import local_engine
    from solami.llm.engine import Sampling

    prompt, best = [i % 90 for i in range(60)], []
    for chunk in (256, 7):
        monkeypatch.setattr(local_engine, "PREFILL_CHUNK", chunk)
        engine = local_engine.LocalEngine.load(tiny_llama, slots=1, context_tokens=96)
        slot = engine.open(0)
        engine.prefill(slot, prompt)
        best.append([engine.step([slot], [(range(0, 90),)], [Sampling(0.0)])[0] for _ in range(10)])
    assert best[0] == best[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "gpt2"}, "model_type"),
        ({"hidden_act": "gelu"}, "hidden_act"),
        ({"attention_bias": True}, "attention_bias"),
        ({"rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4}}, "rope type"),
    ],
)
def test_models_it_does_not_compute_are_refused(
    tiny_llama: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    """A config the decoder would compute wrongly is an error that names the field and the way out."""
    import json

    config = json.loads((tiny_llama / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(ConfigError, match=f"{message}.*use engine transformers"):
        read_weights(tmp_path)


def test_a_folder_without_weights_is_refused(tiny_llama: Path, tmp_path: Path) -> None:
    """A missing config, missing safetensors and a missing tensor are errors that say which."""
    from safetensors.torch import save_file

    with pytest.raises(ConfigError, match=r"config\.json"):
        read_weights(tmp_path)
    (tmp_path / "config.json").write_text((tiny_llama / "config.json").read_text())
    with pytest.raises(ConfigError, match="safetensors"):
        read_weights(tmp_path)
    save_file({"x": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(ConfigError, match="embed_tokens"):
        read_weights(tmp_path)
