"""How one id is drawn from the legal logits: which range first, then which id in it.

Ranges are chosen by their whole mass, untempered: at a beat's end one control token stands against hundreds of codes,
and a temperature below 1 on all of them together would favour the one and cut the speech short.
"""

from __future__ import annotations

import torch
from torch import Tensor

from solami.llm.engine import Legal, Sampling


def draw_legal(logits: Tensor, legal: Legal, sampling: Sampling, generator: torch.Generator) -> int:
    """A token id; logits [N] are those of the legal ranges laid end to end."""
    if len(legal) == 1:
        return legal[0][draw(logits, sampling, generator)]
    parts = logits.split([len(span) for span in legal])
    masses = torch.stack([part.logsumexp(0) for part in parts])
    between = Sampling(1.0 if sampling.temperature > 0 else 0.0, sampling.top_p)
    chosen = draw(masses, between, generator)
    return legal[chosen][draw(parts[chosen], sampling, generator)]


def draw(logits: Tensor, sampling: Sampling, generator: torch.Generator) -> int:
    """An index into logits [N]; one random number is used, none at temperature 0 or where there is no choice.

    Nucleus sampling: Holtzman et al., https://arxiv.org/abs/1904.09751.
    """
    if sampling.temperature <= 0 or len(logits) == 1:
        return int(logits.argmax())
    mass, order = torch.softmax(logits.float() / sampling.temperature, 0).sort(descending=True)
    reached = mass.cumsum(0)
    last = min(int(torch.searchsorted(reached, sampling.top_p)), len(reached) - 1)  # the id that fills the nucleus
    point = torch.rand((), generator=generator) * reached[last].cpu()
    index = min(int(torch.searchsorted(reached, point.to(reached.device), right=True)), last)
    return int(order[index])


def only_legal(legal: Legal) -> int | None:
    """The id, where only one is legal: nothing needs to be computed or drawn then."""
    return legal[0].start if len(legal) == 1 and len(legal[0]) == 1 else None


def share(wanted: Tensor, others: Tensor) -> float:
    """The part of the whole probability that falls on the first logits; 0 to 1."""
    return float(torch.sigmoid(wanted.float().logsumexp(0) - others.float().logsumexp(0)))
