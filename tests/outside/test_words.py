"""Text that one thread writes and another takes."""

import threading

from solami.outside.words import WordStream


def test_what_is_written_is_taken_once() -> None:
    """Taking gives what came since the last time, and the end comes after the last word."""
    news: list[str] = []
    words = WordStream(lambda: news.append(words.state))
    words.write("Hello")
    words.write(" there")
    states = [words.state]
    assert words.take() == "Hello there" and words.take() == ""
    words.finish()
    words.write(" late")
    assert words.take() == "" and len(news) == 4
    assert [*states, words.state] == ["coming", "finished"]


def test_an_answer_without_a_word_has_failed() -> None:
    """Blanks alone are no answer, and a late first word is none either."""
    blank, late, begun = WordStream(), WordStream(), WordStream()
    blank.write(" \n")
    blank.finish()
    begun.write("Hi")
    for words in (late, begun):
        words.finish_unless_begun()
    assert (blank.state, late.state, begun.state) == ("failed", "failed", "coming")


def test_waiting_ends_with_news() -> None:
    """A waiting thread goes on when words come, and does not wait where some are there."""
    words = WordStream()
    threading.Timer(0.01, words.write, ("Hi",)).start()
    words.wait(60)
    assert words.take() == "Hi"
    words.cancel()
    words.wait(60)
    assert words.is_cancelled
