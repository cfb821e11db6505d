"""How much of a codebook is used, and how evenly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solami.frames import Codes, CodeSpec


class CodeUse:
    """Counts the codes of one modality, codebook by codebook."""

    def __init__(self, spec: CodeSpec) -> None:
        self._name = spec.modality
        self._counts = np.zeros((spec.num_codebooks, spec.codebook_size), np.int64)

    def add(self, codes: Codes) -> None:
        """Count the codes [K, T] of one clip."""
        for counts, row in zip(self._counts, codes.values, strict=True):
            counts += np.bincount(row, minlength=len(counts))

    def report(self) -> dict[str, dict[str, float]]:
        """Of each codebook, by name (`body_0`): share used, dead codes, perplexity (e to the entropy of its codes)."""
        return {f"{self._name}_{book}": _use(counts) for book, counts in enumerate(self._counts)}


def _use(counts: NDArray[np.int64]) -> dict[str, float]:
    share = counts / max(1, counts.sum())
    entropy = -float((share * np.log(np.maximum(share, 1e-12))).sum())
    return {"use": float((counts > 0).mean()), "dead": float((counts == 0).sum()), "perplexity": float(np.exp(entropy))}
