"""Written text becomes what is read aloud."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.datasets.spoken_text import spoken

pytest.importorskip("inflect", reason="needs the extra `data`")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("There were 1,234 people.", "There were one thousand two hundred thirty-four people."),
        ("In 1984, 1905 and 2007", "In nineteen eighty-four, nineteen oh five and two thousand seven"),
        ("the 1990s and 1800s", "the nineteen nineties and eighteen hundreds"),
        ("It's 3.14, not -3.", "It's three point one four, not minus three."),
        ("the 21st of the 102nd", "the twenty-first of the one hundred second"),
        ("agent 007, call 555-1234", "agent zero zero seven, call five five five, one two three four"),
        ("5-10 apples in a 4x4", "five to ten apples in a four by four"),
        ("3/4 and 1/2 of 45%", "three quarters and one half of forty-five percent"),
        ("on July 4th, 1999", "on July fourth, nineteen ninety-nine"),
        ("the 3rd of May 2007", "the third of May, two thousand seven"),
        ("2024-02-29", "February twenty-ninth, twenty twenty-four"),
        ("12/25/98", "December twenty-fifth, nineteen ninety-eight"),
        ("at 3:30 pm, 9:05 a.m. or 15:00", "at three thirty P M, nine oh five ay M or fifteen hundred"),
        ("It was 5 p.m.", "It was five P M."),
        ("$5.50, £1, $0.99", "five dollars and fifty cents, one pound, ninety-nine cents"),
        ("€3.5 million", "three point five million euros"),
        ("5 km in 1 min at 20°C", "five kilometers in one minute at twenty degrees Celsius"),
        ("Dr. Smith vs. Mr. Jones, St. John St.", "Doctor Smith versus Mister Jones, Saint John Street"),
        ("No. 5 & 2+2=4", "number five and two plus two equals four"),
        ("May I? You may. I am here, e.g. now.", "May I? You may. I am here, for example now."),
    ],
)  # fmt: skip
def test_what_is_written_is_said(written: str, said: str) -> None:
    """Numbers, years, ordinals, dates, times, money, units and abbreviations are written out."""
    assert spoken(written) == said


def test_words_stay_as_they_are() -> None:
    """A line of plain words keeps every letter and mark."""
    line = "Well, it's so nice to see you - isn't it? (I think so!) Sit down; \"rest\"."
    assert spoken(line) == line


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="0123456789 .,:/-$%stpamkgDr'", max_size=24))
def test_no_digit_is_left_to_the_synthesiser(text: str) -> None:
    """Whatever the digits stand in, none remains, and saying it twice changes nothing."""
    said = spoken(text)
    assert not re.search(r"\d", said)
    assert spoken(said) == said
