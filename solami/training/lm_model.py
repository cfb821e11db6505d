"""The LLM as Hugging Face sees it: a fresh Llama for a vocabulary, and writing a folder in float16."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedModel

from solami.errors import ConfigError
from solami.llm.vocabulary import VOCABULARY_FILE, Vocabulary
from solami.strict import Strict

log = logging.getLogger(__name__)
SHARD_SIZE = "14MB"  # of one file; the packaged model must not hold a larger one than 15


class ModelConfig(Strict):
    """Shape of a model trained from nothing."""

    hidden: int = 256
    layers: int = 8
    heads: int = 4
    intermediate: int = 768
    context_tokens: int = 2048


def fresh_model(config: ModelConfig, vocabulary: Vocabulary) -> PreTrainedModel:
    """A Llama with random weights from torch's current seed, input and output embeddings tied."""
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary.size,
            hidden_size=config.hidden,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.heads,
            intermediate_size=config.intermediate,
            max_position_embeddings=config.context_tokens,
            tie_word_embeddings=True,
            bos_token_id=vocabulary.special("<bos>"),
            eos_token_id=vocabulary.special("<end>"),
            pad_token_id=None,
            attn_implementation="sdpa",
        )
    )


def load_model(folder: Path, vocabulary: Vocabulary) -> PreTrainedModel:
    """Any causal LM folder of safetensors, in float32; too few embedding rows are added, as `add_tokens` would.

    Raises ConfigError for a folder that is none, or one whose own vocabulary is another one; an older one that only
    lacks the newest special tokens gets rows for them.
    """
    if not (folder / "config.json").is_file():
        raise ConfigError(f"start: {folder} has no config.json; give a Hugging Face folder of a causal LM")
    was = check_made_for(folder, vocabulary) if (folder / VOCABULARY_FILE).is_file() else None
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, use_safetensors=True, attn_implementation="sdpa", local_files_only=True
    )
    if model.config.vocab_size < vocabulary.size:
        log.info("embeddings grow from %d to %d rows", model.config.vocab_size, vocabulary.size)
        model.resize_token_embeddings(vocabulary.size)
    if was is not None and was.size < vocabulary.size:
        _move_codes(model, was, vocabulary)
    return model


def check_made_for(folder: Path, vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary of a folder that training wrote. Raises ConfigError unless it has this one's tokenizers."""
    made_for = Vocabulary.load(folder)
    if made_for.specs != vocabulary.specs or made_for.text_span != vocabulary.text_span:
        raise ConfigError(f"start: {folder} was trained for other tokenizers; align again with the present ones")
    return made_for


def _move_codes(model: PreTrainedModel, was: Vocabulary, vocabulary: Vocabulary) -> None:
    """New special tokens stand before the codes: the codes' rows move up, the new rows come from the end."""
    added = vocabulary.size - was.size
    first = was.text_span.stop + len(was.specials)
    order = [*range(first), *range(was.size, vocabulary.size), *range(first, was.size)]
    log.info("%d new special tokens; %d codes move behind them", added, was.size - first)
    layers = (model.get_input_embeddings(), model.get_output_embeddings())
    with torch.no_grad():
        for weight in {id(layer.weight): layer.weight for layer in layers}.values():  # once where they are tied
            weight[: vocabulary.size] = weight[order].clone()


def save_model(
    model: PreTrainedModel, vocabulary: Vocabulary, folder: Path, state: Mapping[str, Tensor] | None = None
) -> None:
    """Write config.json, safetensors (float16, in files of 14 MB) and the vocabulary; the live model stays as it is.

    `state` is the model's where that must be gathered from many processes first.
    """
    half = {name: value.half() for name, value in (state or model.state_dict()).items()}
    was = model.config.dtype
    model.config.dtype = torch.float16
    model.save_pretrained(folder, state_dict=half, safe_serialization=True, max_shard_size=SHARD_SIZE)
    model.config.dtype = was
    vocabulary.save(folder)
