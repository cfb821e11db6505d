"""The text tokenizer is exact for any text and knows no special token."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solami.datasets.sources import data_pack
from solami.errors import InputError
from solami.training.text_tokenizer import collect_texts, train_text_tokenizer

TEXTS = ["Hello there, my name is Tom.", " waves with the right hand"] * 5
TOKENIZER = train_text_tokenizer(TEXTS, size=300)


@given(st.text(max_size=80))
def test_any_text_comes_back(text: str) -> None:
    """Encoding and decoding is the identity, case and spaces included."""
    assert TOKENIZER.decode(TOKENIZER.encode(text).ids) == text


def test_training_repeats_and_keeps_its_size() -> None:
    """The same texts give the same tokenizer, never larger than asked."""
    again = train_text_tokenizer(TEXTS, size=300)
    assert again.to_str() == TOKENIZER.to_str() and again.get_vocab_size() <= 300
    assert not TOKENIZER.get_added_tokens_decoder()
    with pytest.raises(InputError, match="256"):
        train_text_tokenizer(TEXTS, size=100)


def test_the_pack_gives_scripts_captions_and_dialogues() -> None:
    """All kinds of text are there, captions behind a space."""
    try:
        pack = data_pack()
    except InputError as error:
        pytest.skip(str(error))
    texts = list(collect_texts(pack))
    assert len(texts) > 100_000 and " waves with the right hand" in texts
