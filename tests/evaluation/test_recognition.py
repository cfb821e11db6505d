"""Word error counts."""

import pytest

from solami.evaluation.recognition import edit_errors, error_rate, plain_words, pool_errors, word_errors


def test_counts_every_kind_of_error() -> None:
    """One substitution, one insertion and one deletion count three."""
    result = word_errors("The cat sat, down!", "the hat sat quite")
    assert (result.errors, result.wanted) == (2, 4)
    assert word_errors("one two three", "one three four five").errors == 3


def test_phones_are_counted_as_words_are() -> None:
    """One wrong, one missing and one too many of four; nothing told is all missing."""
    wanted = ["hh", "ax", "l", "ow"]
    assert edit_errors(wanted, wanted).rate == 0
    assert edit_errors(wanted, ["hh", "eh", "l", "ow", "w"]).rate == 0.5
    assert edit_errors(wanted, []).rate == 1.0
    assert edit_errors([], wanted).errors == 4


def test_pooling_weighs_by_words() -> None:
    """The pooled rate divides all errors by all words."""
    pooled = pool_errors([word_errors("a b c d", "a b c d"), word_errors("x", "y")])
    assert pooled.rate == pytest.approx(1 / 5)
    assert error_rate([word_errors("a b c d", "a b c d"), word_errors("x", "y")]) == pooled.rate


def test_plain_words_keep_apostrophes_only() -> None:
    """Case, digits and punctuation go; curly apostrophes become straight."""
    assert plain_words("Don\u2019t - STOP, 7!") == "don't stop"
