import math

import pytest

from solami.evaluation.held_out import Exchange
from solami.evaluation.likelihood import Scorer, likelihood_measures, perplexity
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.text_tokenizer import train_text_tokenizer

EXCHANGES = [
    Exchange(persona, "chat", f"Do you sail, {n}?", "", "Aye, at dawn.", "") for persona in "ab" for n in ("x", "y")
]


def vocabulary() -> Vocabulary:
    speech, motion, placement = DummySpeechTokenizer(), DummyMotionTokenizer(), PlacementTokenizer()
    text = train_text_tokenizer(["Do you sail? Aye, at dawn. You are a captain."] * 3, size=300)
    return Vocabulary(text, [speech.spec, motion.body_spec, motion.hands_spec, placement.spec])


def test_perplexity_of_even_odds_is_the_number_of_choices() -> None:
    """Three tokens at one in eight each: perplexity 8, however they are split over lines."""
    assert perplexity([(2 * math.log(8), 2), (math.log(8), 1)]) == pytest.approx(8)


class Guessing(ScriptedEngine):
    """Finds words likelier the shorter the context is."""

    def probability(self, slot: int, wanted: tuple[range, ...], others: tuple[range, ...]) -> float:
        assert sum(map(len, (*wanted, *others))) > 200  # among all text tokens
        return 0.5 if self.position(slot) < 40 else 0.125


def test_words_are_scored_under_every_prompt() -> None:
    """A prompt under which words are less likely raises perplexity; slots are given back."""
    words = vocabulary()
    engine = Guessing(words, slots=1)
    scorer = Scorer(engine, words, {"a": "Short.", "b": "You are a captain. " * 12}, lambda line: line.split(","))
    rows = {row.name: row for row in likelihood_measures(scorer, EXCHANGES, ["a", "b"])}
    assert rows["own_prompt_perplexity"].n == 4
    assert rows["text_perplexity"].value == pytest.approx(4, rel=0.01)
    assert rows["text_perplexity_gain"].value == pytest.approx(0)
    wins = rows["own_prompt_wins"]  # the short prompt makes everybody's words likelier, its owner's and the other's
    assert (wins.value, wins.n, wins.baseline) == (0.5, 2, 0.5)
    assert scorer.losses("a", EXCHANGES[:1])[0][1] == len(words.encode_text("Aye"))
    engine.close(engine.open(0))
