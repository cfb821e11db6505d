"""Words as they come, cut into clauses."""

from hypothesis import given
from hypothesis import strategies as st

from solami.outside.clauses import ClauseFeed
from solami.outside.words import WordStream

LIMIT = 40


def encode(text: str) -> list[int]:
    return list(text.encode())


def text_of(clauses: list[list[int]]) -> str:
    return bytes(byte for ids in clauses for byte in ids).decode()


def drained(feed: ClauseFeed) -> list[list[int]]:
    clauses: list[list[int]] = []
    while ids := feed.pop(LIMIT):
        clauses.append(ids)
    return clauses


def test_a_clause_is_given_when_its_words_are_there() -> None:
    """A piece that ends with a mark is given at once; an unfinished one waits for its end."""
    words = WordStream()
    feed = ClauseFeed(words, encode, LIMIT, LIMIT)
    assert feed.is_coming and feed.pop(LIMIT) == []
    words.write("Hello, ")
    assert not feed.is_coming and text_of([feed.pop(LIMIT)]) == "Hello,"
    words.write("my fri")
    assert feed.is_coming
    words.write("end")
    words.finish()
    assert not feed.is_coming and text_of([feed.pop(LIMIT)]) == " my friend" and feed.pop(LIMIT) == []


def test_long_pieces_do_not_wait_for_their_mark() -> None:
    """Eight words and more without a mark are given before the sentence ends."""
    words = WordStream()
    feed = ClauseFeed(words, encode, LIMIT, LIMIT)
    words.write("one two three four five six seven eight nine")
    assert not feed.is_coming and text_of([feed.pop(LIMIT)]).startswith("one two")


def test_markup_is_not_said() -> None:
    """What chat models wrap words in is taken out."""
    words = WordStream()
    words.write("**Hello** `there`.")
    words.finish()
    assert text_of(drained(ClauseFeed(words, encode, LIMIT, LIMIT))) == "Hello there."


@given(st.lists(st.text("ab .,!?", max_size=12), max_size=20), st.integers(4, 12))
def test_every_word_is_said_once_in_order(parts: list[str], limit: int) -> None:
    """However words arrive, the clauses are short enough and give the text back."""
    words = WordStream()
    feed = ClauseFeed(words, encode, limit, limit)
    clauses: list[list[int]] = []
    for part in parts:
        words.write(part)
        if not feed.is_coming:
            clauses.append(feed.pop(limit))
    words.finish()
    while ids := feed.pop(limit):
        clauses.append(ids)
    assert all(len(ids) <= limit for ids in clauses)
    assert text_of(clauses).split() == "".join(parts).split()
