"""How one id is drawn from logits: temperature, then nucleus (top-p), then inverse transform of one uniform number."""

from __future__ import annotations

import torch
from torch import Tensor

from solami.llm.engine import Legal, Sampling


def draw(logits: Tensor, sampling: Sampling, generator: torch.Generator) -> int:
    """An index into logits [N]; one random number is used unless the temperature is 0.

    Nucleus sampling: Holtzman et al., https://arxiv.org/abs/1904.09751.
    """
    if sampling.temperature <= 0:
        return int(logits.argmax())
    mass, order = torch.softmax(logits.float() / sampling.temperature, 0).sort(descending=True)
    reached = mass.cumsum(0)
    last = min(int(torch.searchsorted(reached, sampling.top_p)), len(reached) - 1)  # the id that fills the nucleus
    point = torch.rand((), generator=generator) * reached[last].cpu()
    index = min(int(torch.searchsorted(reached, point.to(reached.device), right=True)), last)
    return int(order[index])


def nth_legal(legal: Legal, index: int) -> int:
    """The id at `index` of the ranges laid end to end."""
    for span in legal:
        if index < len(span):
            return span[index]
        index -= len(span)
    raise IndexError(f"index beyond {legal}")


def only_legal(legal: Legal) -> int | None:
    """The id, where only one is legal: nothing needs to be computed or drawn then."""
    return legal[0].start if len(legal) == 1 and len(legal[0]) == 1 else None
