"""The streaming decoder's logits are transformers' logits, whatever the shape, the cache and the batch."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig, PretrainedConfig, Qwen2Config, Qwen3Config

from solami.llm.checkpoint import read_weights
from solami.llm.decoder import StreamingDecoder
from solami.llm.workspace import Segment

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
        caches = decoder.new_caches(2)
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
