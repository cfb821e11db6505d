"""Which earlier exchange the talk comes back to: term frequency times inverse document frequency over token ids.

Spärck Jones, https://doi.org/10.1108/eb026526. Ids of words are the terms; no text and no model is needed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

ALIKE = 0.35  # cosine from which on an exchange is recalled


def most_alike(query: Sequence[int], documents: Mapping[int, Sequence[int]]) -> int | None:
    """The key of the document most like the query; None where none is alike enough."""
    if not query or not documents:
        return None
    seen = Counter(token for ids in [query, *documents.values()] for token in set(ids))
    count = len(documents) + 1
    rarity = {token: math.log((1 + count) / (1 + n)) for token, n in seen.items()}
    wanted = _vector(query, rarity)
    scores = {key: _cosine(wanted, _vector(ids, rarity)) for key, ids in documents.items()}
    best = max(scores, key=lambda key: scores[key])
    return best if scores[best] >= ALIKE else None


def _vector(ids: Sequence[int], rarity: Mapping[int, float]) -> dict[int, float]:
    return {token: n * rarity[token] for token, n in Counter(ids).items()}


def _cosine(a: Mapping[int, float], b: Mapping[int, float]) -> float:
    norm = math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
    return sum(value * b.get(token, 0.0) for token, value in a.items()) / norm if norm else 0.0
