from hypothesis import given
from hypothesis import strategies as st

from solami.datasets.clauses import MAX_FIRST_WORDS, MAX_WORDS, split_line

TEXT = "I you and the, dance. wave because hello! with to robot? well, so"
WORDS = st.lists(st.sampled_from(TEXT.split()), max_size=40)


def count_letters(text: str) -> int:
    return len(text) // 3


@given(WORDS)
def test_clauses_give_the_words_back(words: list[str]) -> None:
    """Joined by spaces, the clauses are the line."""
    line = " ".join(words)
    assert " ".join(split_line(line, count_letters)) == line


@given(WORDS)
def test_clauses_keep_their_limits(words: list[str]) -> None:
    """No clause has more words or tokens than allowed, and the first is the shortest kind."""
    clauses = split_line(" ".join(words), count_letters, max_tokens=12)
    for index, clause in enumerate(clauses):
        count = len(clause.split())
        assert count <= (MAX_WORDS if index else MAX_FIRST_WORDS)
        assert count == 1 or count_letters(" " + clause) <= 12


def test_clauses_end_at_punctuation_and_before_links() -> None:
    """Sentence ends cut, a short opener joins what follows, and a long piece is cut before a linking word."""
    assert split_line("Yes. I know that.", count_letters) == ["Yes.", "I know that."]
    assert split_line("Oh, I see.", count_letters) == ["Oh, I see."]
    assert split_line("Shall we walk to the old house by the sea?", count_letters, 20)[0] == "Shall we walk"
