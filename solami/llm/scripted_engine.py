"""A named fake: fixed words and random codes wherever the grammar allows them, with no weights.

For tests and client developers. It decides by the ids of the running turn alone, so rolling back works as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from solami.llm.engine import AdapterId, Legal, Slot
from solami.llm.slots import SlotEngine, SlotState
from solami.llm.turns import BeatShape
from solami.llm.vocabulary import Special, Vocabulary

CLAUSES = ("Hello there.", " I am a scripted character.", " I say the same to everyone.")
CAPTIONS: dict[Special, str] = {"<heard>": " some words", "<saw>": " some moves", "<does>": " waves"}


class ScriptedEngine(SlotEngine[None]):
    """Says `clauses` with `beats` beats each and the captions, then ends, as far as the grammar agrees."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        clauses: Sequence[str] = CLAUSES,
        *,
        beats: int = 4,
        slots: int = 8,
        context_tokens: int = 4096,
        end_probability: float = 0.5,
    ) -> None:
        super().__init__(slots=slots, context_tokens=context_tokens, vocab_size=vocabulary.size)
        self._vocabulary, self._beats, self._shape = vocabulary, beats, BeatShape.of(vocabulary)
        self._end_probability = end_probability
        self._clauses = [vocabulary.encode_text(clause) for clause in clauses]
        self._captions = {vocabulary.special(name): vocabulary.encode_text(text) for name, text in CAPTIONS.items()}

    def _new_cache(self) -> None:
        return None

    def _read_adapter(self, folder: Path, adapter: AdapterId) -> None:
        """The script is the same for all."""

    def _run(self, states: Sequence[SlotState[None]]) -> None:
        """The "row" of a slot is the ids of its running turn."""
        for state in states:
            state.cached = len(state.ids)
            opening = self._vocabulary.special("<agent>")
            start = next((n for n in range(len(state.ids) - 1, 0, -1) if state.ids[n] == opening), 0)
            state.last = torch.tensor(state.ids[start:])

    def _cut(self, state: SlotState[None], length: int) -> None:
        return None

    def _logits(self, last: Tensor, legal: Legal) -> Tensor:
        wanted = self._wanted(last.tolist(), legal)
        return torch.tensor([0.0 if i in wanted else -torch.inf for span in legal for i in span])

    def probability(self, slot: Slot, wanted: Legal, others: Legal) -> float:
        """The same in every place: that of the turn's end where <end> is wanted, else that of its going on."""
        super().probability(slot, wanted, others)
        is_end = any(self._vocabulary.special("<end>") in span for span in wanted)
        return self._end_probability if is_end else 1 - self._end_probability

    def _wanted(self, turn: list[int], legal: Legal) -> range:
        """The next word; else any code until the clause has its beats; else the first control token of use."""
        vocabulary = self._vocabulary
        marker = max((n for n, i in enumerate(turn) if vocabulary.special_name(i)), default=0)
        rest, clauses = turn[marker + 1 :], turn.count(vocabulary.special("<say>"))
        words = self._captions.get(turn[marker], self._clauses[(clauses - 1) % len(self._clauses)])
        said = sum(i in vocabulary.text_span for i in rest)
        if vocabulary.text_span in legal and (said < len(words) or len(legal) == 1):
            word = words[said % len(words)]
            return range(word, word + 1)
        spans = {vocabulary.special_name(span.start): span for span in legal if span != vocabulary.text_span}
        if "<does>" in spans:
            return spans["<does>"]
        codes = spans.pop(None, None)
        if clauses >= len(self._clauses) and len(spans) > 1:
            spans.pop("<say>", None)
        if codes and (self._beats_in(rest) < self._beats or not spans):
            return codes
        return next(iter(spans.values()))

    def _beats_in(self, ids: list[int]) -> int:
        """Whole beats of a clause, counted by its speech or else its hands."""
        counts = {name: sum(i in self._vocabulary.span(name) for i in ids) for name in ("speech", "hands")}
        return counts["speech"] // self._shape.speech or counts["hands"] // self._shape.hands
