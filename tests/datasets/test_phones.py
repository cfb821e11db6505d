"""Phones of a text."""

import pytest

from solami.datasets.phones import BLANK, PAUSE, PHONE_IDS, PHONES, phones_can_be_read, phones_of
from solami.errors import InputError


def test_checkpoints_know_phones_by_their_place() -> None:
    """The blank of CTC is 0, a pause 1, and no name comes twice."""
    assert (PHONE_IDS[BLANK], PHONE_IDS[PAUSE], len(PHONES)) == (0, 1, len(PHONE_IDS)) and len(PHONES) == 42


@pytest.mark.skipif(not phones_can_be_read(), reason="the program flite, which reads texts as phones, is not installed")
def test_a_text_is_read_as_its_phones() -> None:
    """As the CMU dictionary has it, between two pauses; a comma is a pause."""
    assert phones_of("hello") == ["pau", "hh", "ax", "l", "ow", "pau"]
    assert phones_of("two, two") == ["pau", "t", "uw", "pau", "t", "uw", "pau"]


def test_a_missing_program_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how to get it."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="Install the package `flite`"):
        phones_of("hello")
