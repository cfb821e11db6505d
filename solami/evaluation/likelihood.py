"""How likely the model finds held-out words: perplexity of replies, under the right prompt and under others'."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from solami.evaluation.held_out import Exchange
from solami.evaluation.measures import Measure, measure
from solami.evaluation.paired import mean, paired, shifted
from solami.llm.engine import Engine, Legal, Slot
from solami.llm.template import header_ids, render_dialogue, render_turn
from solami.llm.turns import Heard, SystemTurn, UserTurn
from solami.llm.vocabulary import Vocabulary

Loss = tuple[float, int]  # summed negative log-likelihood in nats, and tokens
FLOOR = 1e-9
SPLIT = "val+test"


class Scorer:
    """Scores first clauses where the server would say them: behind the header of a turn with voice and body."""

    def __init__(
        self, engine: Engine, vocabulary: Vocabulary, prompts: Mapping[str, str], split: Callable[[str], list[str]]
    ) -> None:
        """Take every persona's text and the clause cutter."""
        self._engine, self._vocabulary, self._prompts, self._split = engine, vocabulary, prompts, split

    def losses(self, persona: str, exchanges: Sequence[Exchange]) -> list[Loss]:
        """Of each exchange's first clause under one persona's prompt."""
        system = render_dialogue(self._vocabulary, [SystemTurn(self._prompts[persona])]).ids
        slot = self._engine.open(0)
        try:
            self._engine.prefill(slot, system)
            mark = self._engine.position(slot)
            losses = []
            for exchange in exchanges:
                losses.append(self._score(slot, exchange))
                self._engine.rollback(slot, mark)
            return losses
        finally:
            self._engine.close(slot)

    def _score(self, slot: Slot, exchange: Exchange) -> Loss:
        vocabulary = self._vocabulary
        asked = render_turn(vocabulary, UserTurn(parts=(Heard(exchange.asked),))).ids
        header = header_ids(vocabulary, "<agent>", speech=True, body=True)
        self._engine.prefill(slot, [*asked, *header, vocabulary.special("<say>")])
        loss, words = 0.0, vocabulary.encode_text(self._split(exchange.said)[0])
        for token in words:
            chance = self._engine.probability(slot, (range(token, token + 1),), _others(vocabulary, token))
            loss -= math.log(max(chance, FLOOR))
            self._engine.prefill(slot, [token])
        return loss, len(words)


def _others(vocabulary: Vocabulary, token: int) -> Legal:
    """Every other text token."""
    span = vocabulary.text_span
    ranges = (range(span.start, token), range(token + 1, span.stop))
    return tuple(part for part in ranges if len(part))


def likelihood_measures(scorer: Scorer, exchanges: Sequence[Exchange], personas: Sequence[str]) -> list[Measure]:
    """Perplexity of held-out words: against the answer to another question, and against the others' prompts.

    `own_prompt_wins` is the share of personas whose words are likelier under their own prompt than under the others'.
    """
    pairs = list(zip(exchanges, _with_other_questions(exchanges), strict=True))
    by_persona = {name: [pair for pair in pairs if pair[0].persona == name] for name in personas}
    asked: list[tuple[Loss, Loss]] = []
    prompted: list[tuple[Loss, Loss]] = []
    wins: list[float] = []  # of every persona that says something
    for name, both in by_persona.items():
        own = [exchange for exchange, _ in both]
        right = scorer.losses(name, own)
        asked += zip(right, scorer.losses(name, [other for _, other in both]), strict=True)
        others = [scorer.losses(other, own) for other in personas if other != name]
        for index, loss in enumerate(right):
            prompted += [(loss, _together([losses[index] for losses in others]))] if others else []
        if own and others:
            wins.append(float(perplexity(right) < perplexity([loss for losses in others for loss in losses])))
    rows = paired("text_perplexity", asked, perplexity, "less", split=SPLIT, source="scripts")
    rows += paired("own_prompt_perplexity", prompted, perplexity, "less", split=SPLIT, source="scripts")
    return [*rows, measure("own_prompt_wins", wins, mean, split=SPLIT, source="scripts", baseline=0.5)]


def _together(losses: Sequence[Loss]) -> Loss:
    """The same words several times over."""
    return sum(loss for loss, _ in losses), sum(count for _, count in losses)


def perplexity(losses: Sequence[Loss]) -> float:
    """e to the mean loss of a token."""
    return math.exp(sum(loss for loss, _ in losses) / max(1, sum(count for _, count in losses)))


def _with_other_questions(exchanges: Sequence[Exchange]) -> list[Exchange]:
    questions = shifted([e.asked for e in exchanges])
    return [
        Exchange(e.persona, e.kind, asked, e.asked_motion, e.said, e.said_motion)
        for e, asked in zip(exchanges, questions, strict=True)
    ]
