"""How near two lines are by the words they share: TF-IDF over words, learned from given lines. Knows no meaning."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from solami.frames import FloatArray


def words_of(text: str) -> list[str]:
    """Lower-case words."""
    return re.findall(r"[a-z']+", text.lower())


class LineSpace:
    """Unit vectors of lines; rare words weigh more."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Learn the words and how common they are; words never seen here count for nothing."""
        bags = [set(words_of(line)) for line in lines]
        seen = Counter(word for bag in bags for word in bag)
        self._places = {word: place for place, word in enumerate(sorted(seen))}
        self._weights = np.array([math.log(1 + len(bags) / seen[word]) for word in sorted(seen)], np.float32)

    def vectors(self, lines: Sequence[str]) -> FloatArray:
        """Unit vectors [N, W]; all zero for a line without known words."""
        made = np.zeros((len(lines), len(self._weights)), np.float32)
        for row, line in zip(made, lines, strict=True):
            for word, count in Counter(words_of(line)).items():
                if word in self._places:
                    row[self._places[word]] = (1 + math.log(count)) * self._weights[self._places[word]]
        return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)

    def likeness(self, one: Sequence[str], other: Sequence[str]) -> list[float]:
        """Cosines of lines, one by one."""
        return [float(a @ b) for a, b in zip(self.vectors(one), self.vectors(other), strict=True)]
