import pytest

from solami.errors import ConfigError
from solami.frames import CodeSpec
from solami.llm.grammar_limits import GrammarLimits
from solami.llm.template import FIRST_TEXT_TOKENS
from solami.llm.vocabulary import Vocabulary


def test_the_first_clause_leaves_room_for_motion(vocabulary: Vocabulary) -> None:
    """What stands before the first speech code, words included, is just what may; without a body more words fit."""
    limits = GrammarLimits(clause_tokens=30, first_clause_tokens=30, ids_before_audio=20)
    # <agent>, two flags and <say>, three ids of a place, three frames of two body codes and a hand code
    assert limits.words_before_audio(vocabulary, speech=True, body=True) == 20 - 4 - 3 - 3 * (2 + 1)
    assert limits.words_before_audio(vocabulary, speech=True, body=False) == 20 - 3
    assert GrammarLimits().text_before_audio(vocabulary, speech=True, body=True) == FIRST_TEXT_TOKENS


def test_a_limit_of_its_own_holds_where_it_is_smaller(vocabulary: Vocabulary) -> None:
    """A first clause that is told to be short is, and never so short that it has no word."""
    short = GrammarLimits(first_clause_tokens=2)
    assert short.words_before_audio(vocabulary, speech=True, body=True) == 2
    assert GrammarLimits(first_clause_tokens=0).words_before_audio(vocabulary, speech=True, body=True) == 1


def test_tokenizers_with_too_many_books_are_refused(vocabulary: Vocabulary) -> None:
    """A beat whose motion leaves no room for a word before the first audio is an error."""
    specs = [spec for name, spec in vocabulary.specs.items() if name != "body"] + [CodeSpec("body", 8, 9, 7.5)]
    with pytest.raises(ConfigError, match="fewer codebooks"):
        GrammarLimits().words_before_audio(Vocabulary(vocabulary.tokenizer, specs), speech=True, body=True)
