"""How near two lines are by the words they share: TF-IDF over words, learned from given lines. Knows no meaning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solami.errors import InputError
from solami.frames import FloatArray


class LineSpace:
    """Unit vectors of lines; rare words weigh more."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Learn the words and how common they are; words never seen here count for nothing."""
        try:
            from sklearn.feature_extraction.text import TfidfVectorizer
        except ImportError as error:
            raise InputError("scikit-learn is not installed: install solami[eval] to compare lines") from error
        self._words = TfidfVectorizer(token_pattern=r"[a-z']+", sublinear_tf=True, dtype=np.float32).fit(lines)

    def cosines(self, one: Sequence[str], other: Sequence[str]) -> FloatArray:
        """Of every line of `one` with every line of `other` [N, M]; 0 for a line without known words."""
        found: FloatArray = (self._words.transform(one) @ self._words.transform(other).T).toarray()
        return found

    def likeness(self, lines: Sequence[str], wanted: Sequence[str]) -> list[tuple[float, float]]:
        """Cosine of every line and its own wanted one, and its mean cosine with all the others."""
        cosines = self.cosines(lines, wanted)
        own, rest = np.diag(cosines), max(1, len(lines) - 1)
        return [(float(mine), float((row.sum() - mine) / rest)) for mine, row in zip(own, cosines, strict=True)]
