"""A small vocabulary shared by the tests of the llm room."""

from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from solami.frames import CodeSpec
from solami.llm.vocabulary import Vocabulary
from solami.training.text_tokenizer import train_text_tokenizer

TEXTS = ["Hello there, my name is Tom.", " waves with the right hand", "How are you today?", " It is good to see you."]
SPECS = [
    CodeSpec("speech", 16, 1, 25.0),
    CodeSpec("body", 8, 2, 7.5),
    CodeSpec("hands", 8, 1, 7.5),
    CodeSpec("placement", 32, 3, 0.0),
]


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """A vocabulary with two body books, so that a book is never mistaken for a frame."""
    return Vocabulary(train_text_tokenizer(TEXTS * 4, size=300), SPECS)


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    """A random two-layer Llama with a row for every id of the vocabulary."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary.size,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        initializer_range=0.2,
    )
    folder = tmp_path_factory.mktemp("llama")
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
