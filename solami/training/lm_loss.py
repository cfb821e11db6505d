"""The loss of an LLM on packed rows: samples kept apart, and each token judged among those that could stand there.

Inside a place or a beat the grammar leaves the codes of one book, so the engine draws among these alone; so does the
loss. Everywhere else all ids compete. Logits are computed for learned positions only.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import PreTrainedModel

from solami.llm.turns import BEAT_MODALITIES, frames_per_beat
from solami.llm.vocabulary import MODALITIES, Vocabulary
from solami.training.lm_batches import separate
from solami.training.lm_config import LossWeights

KINDS = ("text", "speech", "motion")  # of tokens, as `LossWeights` names them


class LmWithLoss(nn.Module):
    """A causal LM whose forward is its loss, so that data-parallel wrappers see one call."""

    _modality: Tensor  # of every id; 0 is text or control
    _book: Tensor  # of every id; -1 is none
    _kind: Tensor  # of every id, an index into KINDS
    _per_beat: Tensor  # ids of each modality in a beat or a place

    def __init__(self, lm: PreTrainedModel, vocabulary: Vocabulary, weights: LossWeights | None = None) -> None:
        """Take the LM, whose head must be one linear layer, and how much tokens count."""
        super().__init__()
        self.lm, self._weights = lm, weights or LossWeights()
        self._no_split_modules = lm._no_split_modules  # what FSDP wraps one by one
        self._bos = vocabulary.special("<bos>")
        modality, book, self._books = _tables(vocabulary)
        self.register_buffer("_modality", modality, persistent=False)
        self.register_buffer("_book", book, persistent=False)
        kind = torch.tensor([KINDS.index(_kind(name)) for name in ("text", *MODALITIES)])
        self.register_buffer("_kind", kind[modality], persistent=False)
        per_beat = [1, *(_ids_per_beat(vocabulary, name) for name in MODALITIES)]
        self.register_buffer("_per_beat", torch.tensor(per_beat), persistent=False)

    def forward(self, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Ids and loss mask [B, L] -> `loss` and, without gradient, sum and count of every kind [3, 2]."""
        hidden = self.hidden(ids)[:, :-1]
        target, learned = ids[:, 1:], mask[:, 1:]
        wanted = (learned | (self._weights.prompt > 0)) & (target != self._bos)
        forced = self._forced(ids)[:, 1:]
        losses = self._losses(hidden[wanted], target[wanted], forced[wanted])
        target, learned = target[wanted], learned[wanted]
        kind = self._kind[target]
        scale = losses.new_tensor([getattr(self._weights, name) for name in KINDS])[kind]
        scale = torch.where(learned, scale, scale * self._weights.prompt)
        loss = (losses * scale).sum() / scale.sum().clamp_min(1e-6)
        return {"loss": loss, "kinds": self._sums(losses.detach(), kind, learned)}

    def hidden(self, ids: Tensor) -> Tensor:
        """The decoder's last states [B, L, H], every sample on its own."""
        apart = separate(ids, self._bos)
        decoder = self.lm.get_decoder()
        out = decoder(input_ids=ids, attention_mask=apart.visible, position_ids=apart.positions, use_cache=False)
        states: Tensor = out.last_hidden_state
        return states

    def _losses(self, hidden: Tensor, target: Tensor, forced: Tensor) -> Tensor:
        """Cross entropy [N] of targets among all ids, or among their book where that is forced."""
        head = self.lm.get_output_embeddings()
        book = torch.where(forced, self._book[target], -1)
        losses = hidden.new_zeros(len(target), dtype=torch.float32)
        for index, span in enumerate([range(len(head.weight)), *self._books], start=-1):
            chosen = (book == index).nonzero()[:, 0]
            bias = None if head.bias is None else head.bias[span.start : span.stop]
            logits = F.linear(hidden[chosen], head.weight[span.start : span.stop], bias)
            loss = F.cross_entropy(logits.float(), target[chosen] - span.start, reduction="none")
            losses = losses.index_put((chosen,), loss)
        return losses

    def _forced(self, ids: Tensor) -> Tensor:
        """Whether the grammar leaves one book at a position [B, L].

        That is inside a run of a place's or a beat's codes, and where body follows a place, hands body, speech hands.
        """
        modality = self._modality[ids]
        before = F.pad(modality, (1, 0), value=0)[:, :-1]
        index = torch.arange(ids.shape[1], device=ids.device)
        first = torch.where(modality != before, index, 0).cummax(dim=1).values
        inside = (index - first) % self._per_beat[modality] != 0
        joins = torch.zeros_like(inside)
        for earlier, later in zip(("placement", *BEAT_MODALITIES), BEAT_MODALITIES, strict=False):
            joins |= (before == 1 + MODALITIES.index(earlier)) & (modality == 1 + MODALITIES.index(later))
        return (modality > 0) & (inside | joins)

    def _sums(self, losses: Tensor, kind: Tensor, learned: Tensor) -> Tensor:
        of_kind = F.one_hot(kind[learned], len(KINDS)).to(losses.dtype)
        return torch.stack([losses[learned] @ of_kind, of_kind.sum(0)], dim=1)


def _tables(vocabulary: Vocabulary) -> tuple[Tensor, Tensor, list[range]]:
    """For every id its modality (0: text or control, then as MODALITIES) and book (-1: none), and the books' spans."""
    modality, book = torch.zeros(vocabulary.size, dtype=torch.long), torch.full((vocabulary.size,), -1)
    books: list[range] = []
    for number, name in enumerate(MODALITIES, start=1):
        for k in range(vocabulary.specs[name].num_codebooks):
            span = vocabulary.book_span(name, k)
            modality[span.start : span.stop], book[span.start : span.stop] = number, len(books)
            books.append(span)
    return modality, book, books


def _kind(modality: str) -> str:
    return modality if modality in KINDS else "motion"


def _ids_per_beat(vocabulary: Vocabulary, modality: str) -> int:
    spec = next(spec for name, spec in vocabulary.specs.items() if name == modality)
    return spec.num_codebooks * (frames_per_beat(spec.frame_rate) if modality in BEAT_MODALITIES else 1)
