import numpy as np
import pytest

from solami.llm.template import render_turn
from solami.llm.training_forms import WordsTurn, render_in_paper_order, render_training_turn, render_words
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, SystemTurn, UserTurn
from solami.llm.vocabulary import Vocabulary


def beat(vocabulary: Vocabulary, seed: int) -> Beat:
    rng = np.random.default_rng(seed)
    codes = {
        m: rng.integers(0, vocabulary.specs[m].codebook_size, (vocabulary.specs[m].num_codebooks, frames))
        for m, frames in (("body", 3), ("hands", 3), ("speech", 10))
    }
    return Beat(**{name: values.astype(np.int32) for name, values in codes.items()})


def test_words_alone_are_learned_under_a_full_header(vocabulary: Vocabulary) -> None:
    """The header flags voice and body, no beat follows, and the loss is on the words and nothing else."""
    rendered = render_words(vocabulary, WordsTurn(("Hello there.", "Nice day.")))
    header = [vocabulary.special(name) for name in ("<agent>", "<body>", "<speech>", "<say>")]
    assert rendered.ids[:4] == header and rendered.ids[-1] == vocabulary.special("<end>")
    learned = [i for i, is_learned in zip(rendered.ids, rendered.mask, strict=True) if is_learned]
    assert vocabulary.decode_text(learned) == "Hello there. Nice day."
    acted = render_words(vocabulary, WordsTurn(("Hello there.", "Nice day."), "waves"))
    learned = [i for i, is_learned in zip(acted.ids, acted.mask, strict=True) if is_learned]
    start = learned.index(vocabulary.special("<does>"))
    assert vocabulary.decode_text(learned[:start]) == "Hello there."
    assert vocabulary.decode_text(learned[start + 1 :]) == " waves Nice day."
    assert render_training_turn(vocabulary, WordsTurn(("Hi.",))) == render_words(vocabulary, WordsTurn(("Hi.",)))


def test_the_papers_order_holds_all_motion_then_all_speech(vocabulary: Vocabulary) -> None:
    """A reply's codes are those of the server's order, motion first, and no text is among them."""
    place = None
    clauses = (Clause("Hello.", place, (beat(vocabulary, 0),)), Clause("You.", place, (beat(vocabulary, 1),)))
    rendered = render_in_paper_order(vocabulary, AgentTurn(parts=(clauses[0], Heard("Hi"), clauses[1])))
    kinds = ["speech" if i in vocabulary.span("speech") else "other" for i in rendered.ids]
    assert kinds.count("speech") == 20 and kinds[-21:] == ["speech"] * 20 + ["other"]
    assert not [i for i in rendered.ids if i in vocabulary.text_span]
    assert rendered.mask == [False] * 3 + [True] * (len(rendered.ids) - 3)


def test_users_are_not_learned_in_the_papers_order(vocabulary: Vocabulary) -> None:
    """A user's turn keeps its beats and loses its words and its loss; the system's turn stays as it is."""
    user = UserTurn(speech=True, body=True, parts=(beat(vocabulary, 2), Heard("Hello")))
    rendered = render_in_paper_order(vocabulary, user)
    assert not any(rendered.mask) and rendered.ids[-1] == vocabulary.special("<end>")
    assert not [i for i in rendered.ids if i in vocabulary.text_span]
    system = SystemTurn("You are Ada.")
    assert render_training_turn(vocabulary, system, "paper") == render_turn(vocabulary, system)


@pytest.mark.parametrize("emotion", ["", "happy"])
def test_an_emotion_is_part_of_the_header(vocabulary: Vocabulary, emotion: str) -> None:
    """The emotion's words stand before the first clause and are not learned."""
    turn = AgentTurn(speech=False, body=False, parts=(Clause("Hello."),), emotion=emotion)
    rendered = render_turn(vocabulary, turn)
    count = rendered.mask.index(True)
    assert vocabulary.decode_text(rendered.ids[1:count]) == emotion
    assert rendered.ids[count] == vocabulary.special("<say>")
