"""Turns are written in the order of the token stream, with loss exactly where training learns."""

import re

import numpy as np
import pytest

from solami.errors import InputError
from solami.frames import Codes
from solami.llm.template import (
    MAX_CAPTION_TOKENS,
    Rendered,
    render_dialogue,
    render_turn,
)
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, Saw, SystemTurn, UserTurn
from solami.llm.vocabulary import Vocabulary

PLACE = Codes("placement", np.array([[1], [2], [3]], np.int32), 0.0)
BEAT = Beat(np.zeros((2, 3), np.int32), np.ones((1, 3), np.int32), np.full((1, 10), 2, np.int32))


def shape(vocabulary: Vocabulary, rendered: Rendered) -> str:
    """One letter an id, a run of text one letter, special tokens in full; upper case where there is loss."""
    spans = {"t": vocabulary.text_span} | {m[0]: vocabulary.span(m) for m in vocabulary.specs}
    words = []
    for token_id, learned in zip(rendered.ids, rendered.mask, strict=True):
        name = vocabulary.special_name(token_id) or next(c for c, span in spans.items() if token_id in span)
        words.append(name.upper() if learned else name)
    return re.sub(r"(?i)(t)\1+", r"\1", "".join(words))


def test_a_dialogue_has_the_shape_of_the_stream(vocabulary: Vocabulary) -> None:
    """Order of tokens and place of the loss are those of the token stream."""
    hello = "Hello"
    turns = (
        SystemTurn("I am Tom."),
        UserTurn(True, True, PLACE, (BEAT, Heard(hello), Saw(hello), BEAT)),
        AgentTurn(True, True, (Clause(hello, PLACE, (BEAT, BEAT), hello), Heard(hello), Clause(hello, PLACE, (BEAT,)))),
    )
    rendered = render_dialogue(vocabulary, turns)
    beat = "b" * 6 + "h" * 3 + "s" * 10
    assert shape(vocabulary, rendered) == (
        f"<bos><system>t<end><user><body><speech>ppp{beat}<HEARD>T<SAW>T{beat}<end>"
        f"<agent><body><speech><SAY>T<DOES>TPPP{beat.upper() * 2}<HEARD>T<SAY>TPPP{beat.upper()}<END>"
    )


def test_missing_modalities_leave_no_slots(vocabulary: Vocabulary) -> None:
    """Typed text has no flags and no place, and a voice without a body has speech codes only."""
    typed = shape(vocabulary, render_turn(vocabulary, UserTurn(parts=(Heard("Hello"),))))
    assert typed.startswith("<user><HEARD>T") and typed.endswith("T<end>")
    voice = AgentTurn(True, False, (Clause("Hello", None, (Beat(speech=BEAT.speech),)),))
    assert shape(vocabulary, render_turn(vocabulary, voice)).endswith("S" * 10 + "<END>")


def test_texts_join_by_concatenation(vocabulary: Vocabulary) -> None:
    """Only a turn's first clause starts without a space."""
    turn = AgentTurn(False, False, (Clause("Hello"), Clause("there"), Heard(" Tom ")))
    ids = [i for i in render_turn(vocabulary, turn).ids if i in vocabulary.text_span]
    assert vocabulary.decode_text(ids) == "Hello there Tom"


def test_long_captions_are_cut_and_long_clauses_refused(vocabulary: Vocabulary) -> None:
    """The character's <heard> holds at most its limit of tokens; a clause beyond its limit is an error."""
    long = "xyz " * 40
    ids = render_turn(vocabulary, AgentTurn(False, False, (Clause("Hello"), Heard(long)))).ids
    assert len(ids) - ids.index(vocabulary.special("<heard>")) == 1 + MAX_CAPTION_TOKENS + 1
    with pytest.raises(InputError, match="between words"):
        render_turn(vocabulary, AgentTurn(False, False, (Clause(long),)))


@pytest.mark.parametrize(
    ("turn", "message"),
    [
        (UserTurn(True, False, None, (BEAT,)), "body codes are not flagged"),
        (UserTurn(True, True, None, (BEAT,)), "placement: missing"),
        (UserTurn(True, False, PLACE), "placement: given"),
        (UserTurn(True, False, None, (Beat(speech=np.zeros((1, 9), np.int32)),)), "expected 10"),
        (AgentTurn(True, True, (Heard("Hello"),)), "a clause first"),
        (AgentTurn(False, False, (Clause("Hello", does="nods"),)), "with a body"),
        (AgentTurn(False, False, (Clause("Hello"), Clause("Tom", does="nods"))), "first clause"),
        (AgentTurn(True, True, (Clause("Hello", PLACE),)), "0 beats"),
        (AgentTurn(True, True, (Clause(" ", PLACE, (BEAT,)),)), "0 tokens"),
    ],
)
def test_turns_that_break_the_shape_are_refused(vocabulary: Vocabulary, turn: UserTurn, message: str) -> None:
    """A turn whose parts contradict its flags is an error that says which."""
    with pytest.raises(InputError, match=message):
        render_turn(vocabulary, turn)
