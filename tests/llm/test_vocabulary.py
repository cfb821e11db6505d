"""The vocabulary's spans tile the ids and both directions are exact."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solami.errors import ConfigError, InputError
from solami.frames import Codes, CodeSpec, Modality
from solami.llm.vocabulary import MODALITIES, SPECIAL_TOKENS, Vocabulary


def test_spans_tile_the_whole_vocabulary(vocabulary: Vocabulary) -> None:
    """Text, special tokens and all codebooks follow each other without gap or overlap."""
    ids = [*vocabulary.text_span, *(vocabulary.special(name) for name in SPECIAL_TOKENS)]
    for modality in MODALITIES:
        books = [vocabulary.book_span(modality, k) for k in range(vocabulary.specs[modality].num_codebooks)]
        assert [i for book in books for i in book] == list(vocabulary.span(modality))
        ids += vocabulary.span(modality)
    assert ids == list(range(vocabulary.size))


@given(st.text(max_size=60))
def test_text_comes_back_exactly(vocabulary: Vocabulary, text: str) -> None:
    """Any text decodes to itself, and no text holds an id outside the text span."""
    ids = vocabulary.encode_text(text)
    assert vocabulary.decode_text(ids) == text
    assert all(i in vocabulary.text_span for i in ids)
    assert all(i in vocabulary.text_span for i in vocabulary.encode_text("<end><say>"))


@given(st.sampled_from(MODALITIES), st.integers(0, 5), st.randoms(use_true_random=False))
def test_codes_come_back_exactly(vocabulary: Vocabulary, modality: Modality, frames: int, random: object) -> None:
    """Codes of every modality survive the way to ids and back, frame by frame and book by book."""
    spec = vocabulary.specs[modality]
    rng = np.random.default_rng(random.randrange(1000))  # type: ignore[attr-defined]
    codes = Codes(
        modality, rng.integers(0, spec.codebook_size, (spec.num_codebooks, frames)).astype(np.int32), spec.frame_rate
    )
    ids = vocabulary.codes_to_ids(codes)
    assert all(i in vocabulary.book_span(modality, n % spec.num_codebooks) for n, i in enumerate(ids))
    back = vocabulary.ids_to_codes(modality, ids)
    assert np.array_equal(back.values, codes.values) and back.frame_rate == codes.frame_rate


def test_codes_out_of_range_are_refused(vocabulary: Vocabulary) -> None:
    """A code beyond the codebook, a wrong book count and an id of another book are errors."""
    with pytest.raises(InputError, match="0 to 15"):
        vocabulary.codes_to_ids(Codes("speech", np.full((1, 1), 16, np.int32), 25.0))
    with pytest.raises(InputError, match="codebooks"):
        vocabulary.codes_to_ids(Codes("body", np.zeros((1, 3), np.int32), 7.5))
    first_book = vocabulary.book_span("body", 0).start
    with pytest.raises(InputError, match="outside its codebook"):
        vocabulary.ids_to_codes("body", [first_book, first_book])


def test_a_saved_vocabulary_loads_equal(vocabulary: Vocabulary, tmp_path: Path) -> None:
    """Saving and loading keeps the size, the specs and the text ids."""
    vocabulary.save(tmp_path)
    loaded = Vocabulary.load(tmp_path)
    assert (loaded.size, loaded.specs) == (vocabulary.size, vocabulary.specs)
    assert loaded.encode_text("Hello there") == vocabulary.encode_text("Hello there")


def test_an_older_vocabulary_loads_without_the_newest_token(vocabulary: Vocabulary, tmp_path: Path) -> None:
    """What an LLM from before <does> was saved with keeps its ids, and says that it lacks the token."""
    older = Vocabulary(vocabulary.tokenizer, list(vocabulary.specs.values()), SPECIAL_TOKENS[:-1])
    older.save(tmp_path)
    loaded = Vocabulary.load(tmp_path)
    assert loaded.size == vocabulary.size - 1 and loaded.span("speech").start == vocabulary.span("speech").start - 1
    assert not loaded.has("<does>") and loaded.has("<saw>") and vocabulary.has("<does>")


def test_an_llm_that_is_too_small_is_refused(vocabulary: Vocabulary, tmp_path: Path) -> None:
    """A config.json beside the vocabulary with fewer rows is an error; padding rows are not."""
    vocabulary.save(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"vocab_size": vocabulary.size + 7}))
    Vocabulary.load(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"vocab_size": vocabulary.size - 1}))
    with pytest.raises(ConfigError, match="at least"):
        Vocabulary.load(tmp_path)


def test_foreign_files_and_specs_are_refused(vocabulary: Vocabulary, tmp_path: Path) -> None:
    """A missing file, a vocabulary of another version, and tokenizers of other shapes are errors."""
    with pytest.raises(ConfigError, match="missing"):
        Vocabulary.load(tmp_path)
    vocabulary.save(tmp_path)
    stored = json.loads((tmp_path / "vocabulary.json").read_text())
    (tmp_path / "vocabulary.json").write_text(json.dumps(stored | {"special": ["<bos>"]}))
    with pytest.raises(ConfigError, match="another version"):
        Vocabulary.load(tmp_path)
    with pytest.raises(ConfigError, match="speech tokenizer"):
        vocabulary.check_specs([CodeSpec("speech", 17, 1, 25.0)])
    with pytest.raises(ConfigError, match="one each"):
        Vocabulary(vocabulary.tokenizer, [CodeSpec("speech", 17, 1, 25.0)])
