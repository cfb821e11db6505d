"""Cuts a line into clauses: the few words that are spoken at once, each with its own beats.

At sentence ends and commas first, then long pieces before a conjunction or preposition near their middle. The first
clause is short, because the first audio waits for its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MAX_WORDS, MAX_FIRST_WORDS, MIN_WORDS = 7, 6, 2
LINK_WORDS = (
    "and but or so because that when if with for to of in on at from about like than who which where while as until "
    "before after into over through without by then just"
)
LINKS = frozenset(LINK_WORDS.split())
OPENING_WORDS = "a an the my your his her its our their this that these those very"
OPENERS = frozenset(OPENING_WORDS.split())  # end no clause


def split_line(text: str, count_tokens: Callable[[str], int], max_tokens: int = 12) -> list[str]:
    """Clauses of at most 7 words and `max_tokens` tokens; joined by spaces they give the line's words back.

    `count_tokens` counts a clause with the space before it. A single word is never cut, however long.
    """
    clauses: list[str] = []
    for piece in _joined_short(_at_punctuation(text.split())):
        todo = [piece]
        while todo:
            words = todo.pop(0)
            limit = MAX_WORDS if clauses else MAX_FIRST_WORDS
            if len(words) > 1 and (len(words) > limit or count_tokens(" " + " ".join(words)) > max_tokens):
                cut = _best_cut(words, limit)
                todo[:0] = [words[:cut], words[cut:]]
            else:
                clauses.append(" ".join(words))
    return clauses


def _at_punctuation(words: list[str]) -> list[list[str]]:
    pieces: list[list[str]] = [[]]
    for word in words:
        pieces[-1].append(word)
        if re.search(r"[.!?;:,]['\")]*$", word):
            pieces.append([])
    return [piece for piece in pieces if piece]


def _joined_short(pieces: list[list[str]]) -> list[list[str]]:
    """Join a piece that ends in a comma to the next one while both stay short."""
    joined: list[list[str]] = []
    for piece in pieces:
        last = joined[-1] if joined else []
        short = min(len(last), len(piece)) <= MIN_WORDS and len(last) + len(piece) <= MAX_FIRST_WORDS
        if last and last[-1].endswith(",") and short:
            joined[-1] = last + piece
        else:
            joined.append(list(piece))
    return joined


def _best_cut(words: list[str], limit: int) -> int:
    """Where to cut: before a linking word if one is near the middle, else in the middle; the head fits `limit`."""
    middle = len(words) / 2
    latest = max(1, min(limit, len(words) - 1))

    def cost(cut: int) -> tuple[float, int]:
        links = words[cut].lower().strip(",.!?") in LINKS and words[cut - 1].lower() not in LINKS
        lonely = cut < MIN_WORDS or len(words) - cut < MIN_WORDS
        dangling = words[cut - 1].lower() in LINKS | OPENERS
        return abs(cut - middle) - 1.6 * links + 3 * lonely + 2 * dangling, cut

    return min(range(1, latest + 1), key=cost)
