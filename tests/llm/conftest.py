"""A small vocabulary shared by the tests of the llm room."""

import pytest

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
