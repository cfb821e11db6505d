"""Words as they come, cut into the clauses that the token stream takes."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from solami.datasets.clauses import MAX_FIRST_WORDS, MAX_WORDS, split_line
from solami.outside.words import WordStream

_PIECE_ENDS = re.compile(r"[.!?;:,]['\")]*\s")
_MARKUP = re.compile(r"[*_#`]+")  # chat models like it; nobody says it


class ClauseFeed:
    """Gives the token ids of the next clause as soon as its words are there."""

    def __init__(self, words: WordStream, encode: Callable[[str], list[int]], first_limit: int, limit: int) -> None:
        """`encode` makes ids of text; limits are the most ids of the first clause and of the others."""
        self.words, self._encode = words, encode
        self._limits = first_limit, limit
        self._text = ""
        self._ready: deque[list[int]] = deque()
        self._has_given = False

    @property
    def is_coming(self) -> bool:
        """Whether there is no clause now but may be one later."""
        self._collect()
        return not self._ready and self.words.state == "coming"

    def pop(self, limit: int) -> list[int]:
        """The next clause, of at most `limit` ids; empty where there is none. A longer one goes on in the next."""
        self._collect()
        if not self._ready:
            return []
        ids = self._ready.popleft()
        if ids[limit:]:
            self._ready.appendleft(ids[limit:])
        return ids[:limit]

    def _collect(self) -> None:
        is_coming = self.words.state == "coming"  # asked first: what was written before it changed is taken below
        self._text += _MARKUP.sub("", self.words.take())
        cut = self._whole() if is_coming else len(self._text)
        released, self._text = self._text[:cut], self._text[cut:]
        limit = self._limits[1 if self._has_given else 0]
        for clause in split_line(released, lambda text: len(self._encode(text)), limit):
            self._ready.append(self._encode(f" {clause}" if self._has_given else clause))
            self._has_given = True

    def _whole(self) -> int:
        """How much of the text ends with a whole piece: at a mark, or after so many words that a clause is full."""
        ends = [match.end() for match in _PIECE_ENDS.finditer(self._text)]
        if ends:
            return ends[-1]
        words = list(re.finditer(r"\S+\s+", self._text))
        return words[MAX_FIRST_WORDS - 1].end() if len(words) > MAX_WORDS else 0
