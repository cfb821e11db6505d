"""Finds the clips whose captions are nearest to a caption, by TF-IDF over stemmed words, left and right kept apart."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solami.datasets.motion import MotionClip

STOP_WORDS = "the a an of in to and with at on from as is it its his her their while so up one then for by into"
STOP = frozenset(STOP_WORDS.split())
SAME = {  # words of scripts -> words of the pack's captions
    "hop": "jump",
    "leap": "jump",
    "applaud": "clap",
    "spin": "turn around",
    "twirl": "turn around",
    "oneself": "chest me",
    "self": "chest me",
    "user": "listener you",
    "agent": "listener you",
    "greet": "wave hello",
    "hello": "wave",
    "hi": "wave",
    "box": "fight stance punch",
    "boxing": "fight stance",
    "squat": "crouch",
    "chin": "chin think",
    "ponder": "think",
    "talk": "beat talk",
    "palm": "hand",
    "high-five": "wave raise hand",
    "sway": "shift weight",
    "stroll": "walk",
    "march": "walk place",
    "tap": "beat",
    "flinch": "block",
    "refuse": "reject",
    "yes": "nod",
    "twist": "dance",
    "groove": "dance",
    "salsa": "dance salsa",
    "stomp": "step",
    "forward": "forward front",
    "list": "beat hand",
    "count": "beat hand",
    "wide": "outward wide",
    "handshake": "shake hand",
}
SIDES = ("left", "right", "both")
MANNER_WORDS = (
    "once twice two three four five times again back in place big small little tiny low deep deeply wide warm"
)
MANNER = frozenset(  # words that say how, left out where the whole caption finds nothing
    [*MANNER_WORDS.split(), "one", "more", "slow", "quick", "happy", "gentle", "soft", "along"]
)
GOOD_MATCH = 0.45  # below it a clip does not show the caption
COVERED = 0.62  # from here on a captured clip shows a canonical caption as well as a procedural one ...
UNCOVERED = frozenset(  # ... but for these, whose nearest captures show something else
    ("points up", "hops", "squats", "spins around", "turns around", "lists on the fingers", "walks backward")
)


@dataclass(frozen=True, slots=True)
class Match:
    """A clip, whether it is to be mirrored, and how near its caption is in 0..1."""

    clip: MotionClip
    is_mirrored: bool
    score: float

    @property
    def caption(self) -> str:
        """The caption of what will be seen."""
        return mirrored_caption(self.clip.caption) if self.is_mirrored else self.clip.caption


class MotionRetriever:
    """An index over captions and action tags; each clip stands in it twice, as it is and mirrored."""

    def __init__(self, clips: Sequence[MotionClip], *, mirrors: bool = True) -> None:
        self._entries = [(clip, mirror) for clip in clips for mirror in ((False, True) if mirrors else (False,))]
        texts = [
            (mirrored_caption(c.caption) if mirror else c.caption) + f" {c.action} {c.action}"
            for c, mirror in self._entries
        ]
        bags = [_bag(text) for text in texts]
        seen = Counter(word for bag in bags for word in bag)
        self._weights = {word: math.log(1 + len(bags) / count) for word, count in seen.items()}
        vectors = [self._vector(bag) for bag in bags]
        self._columns = _columns(vectors)
        self._shows = np.array([[side in vector for side in SIDES] for vector in vectors], bool).reshape(-1, len(SIDES))
        named = sorted(range(len(vectors)), key=lambda i: (self._entries[i][0].id, self._entries[i][1]))
        self._order = np.argsort(named)  # among equals the first by name wins
        self._found: dict[tuple[str, int], list[Match]] = {}  # captions come again and again

    def find(self, caption: str, count: int = 5) -> list[Match]:
        """The nearest clips, best first; never one that names the other side than the caption does.

        Clips of exactly this caption score 1.
        """
        if (caption, count) not in self._found:
            self._found[caption, count] = self._search(caption, count)
        return self._found[caption, count]

    def _search(self, caption: str, count: int) -> list[Match]:
        query = self._vector(_bag(caption))
        scores = np.zeros(len(self._entries))
        for word, weight in query.items():
            if word in self._columns:
                entries, weights = self._columns[word]
                scores[entries] += weight * weights
        for index, (clip, is_mirrored) in enumerate(self._entries):
            if clip.caption == caption and not is_mirrored:
                scores[index] = 1.0
        asked = np.array([side in query for side in SIDES])
        contradicts = (asked.sum() == 1) & self._shows.any(axis=1) & ~(self._shows & asked).any(axis=1)
        best = [int(i) for i in np.lexsort((self._order, -scores)) if not contradicts[i]][:count]
        return [Match(*self._entries[i], float(scores[i])) for i in best]

    def _vector(self, bag: Counter[str]) -> dict[str, float]:
        unknown = math.log(1 + 2 * max(1, len(self._entries)))
        raw = {word: (1 + math.log(n)) * self._weights.get(word, unknown) for word, n in bag.items()}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {word: value / length for word, value in raw.items()}


def first_clause(caption: str) -> str:
    """What a caption says first, without the manner: "claps slowly twice and bows" -> "claps"."""
    clause = re.split(r",|;| and | then | while | before | after ", caption.strip())[0]
    kept = [word for word in clause.split() if word.lower() not in MANNER and not re.fullmatch(r"\w{4,}ly", word)]
    return " ".join(kept)


def mix(made: Sequence[Match], found: Sequence[Match], rng: random.Random) -> list[Match]:
    """The procedural or the captured matches to draw from: the better ones, by halves where both show the caption."""
    good = [[m for m in matches if m.score >= max(GOOD_MATCH, 0.9 * matches[0].score)] for matches in (made, found)]
    if not good[0] or not good[1]:
        return good[0] or good[1]
    best_made, best_found = good[0][0].score, good[1][0].score
    if best_found > best_made:
        return good[0] if best_made >= 0.95 * best_found and rng.random() < 0.5 else good[1]
    if good[0][0].clip.caption in UNCOVERED and best_made > 0.95:
        return good[0]
    return good[1] if best_found >= min(COVERED, best_made) and rng.random() < 0.5 else good[0]


def _columns(vectors: Sequence[dict[str, float]]) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """For every word the vectors that hold it, and with what weight."""
    held: dict[str, list[tuple[int, float]]] = {}
    for index, vector in enumerate(vectors):
        for word, weight in vector.items():
            held.setdefault(word, []).append((index, weight))
    return {
        word: (np.array([i for i, _ in pairs]), np.array([weight for _, weight in pairs]))
        for word, pairs in held.items()
    }


def mirrored_caption(caption: str) -> str:
    """The caption with left and right exchanged."""
    swap = {"left": "right", "right": "left", "Left": "Right", "Right": "Left"}
    return re.sub(r"\b(?:left|right)\b", lambda found: swap[found[0]], caption, flags=re.IGNORECASE)


def _bag(text: str) -> Counter[str]:
    words: list[str] = []
    for word in re.findall(r"[a-z-]+", text.lower().replace("_", " ")):
        stem = _stem(word)
        words += SAME.get(word, SAME.get(stem, stem)).split()
    return Counter(word for word in words if word not in STOP)


def _stem(word: str) -> str:
    """A crude stem: waves, waving, waved -> wav; nods, nodding -> nod."""
    if word in SIDES or len(word) < 4:
        return word
    for ending in ("ing", "es", "ed", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl" else word
