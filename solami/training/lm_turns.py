"""Pieces of training turns from stored codes: beats, places, the agent's turn. `lm_tasks` and `lm_talks` compose them.

Every choice comes from one random generator, so the same seed makes the same turns.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from solami.datasets.scene import Person, Scene
from solami.datasets.staging import Stage, Staged
from solami.frames import Codes, FloatArray, IntArray, Placement
from solami.llm.template import FIRST_TEXT_TOKENS, MAX_CLAUSE_TOKENS, MAX_DOES_TOKENS
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, Saw, frames_per_beat
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_codes import IDLES, THREE_POINTS, CodeStore

TALKING = "talks with both hands"  # what is done where no clip shows a caption
# words that end no phrase
OPENING = frozenset(
    {
        "a",
        "an",
        "the",
        "with",
        "of",
        "to",
        "in",
        "on",
        "at",
        "and",
        "both",
        "from",
        "for",
        "by",
        "while",
        "then",
        "his",
        "her",
        "its",
        "their",
    }
)
MAX_CLAUSES, MAX_CLAUSE_BEATS, MAX_EXTRA_BEATS, MAX_USER_BEATS = 12, 20, 3, 20


class TurnMaker:
    """Beats and turns from codes."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        codes: CodeStore,
        stage: Stage | None,
        place: Callable[[Placement], Codes],
        split: Callable[[str], list[str]],
        rng: random.Random,
    ) -> None:
        """Take the codes, the stage (None: no turn has a body), the placement tokenizer and the clause cutter."""
        self.codes, self.stage, self.rng = codes, stage, rng
        self.split = cache(split)
        self._vocabulary, self._place = vocabulary, place
        self._frames = {m: frames_per_beat(vocabulary.specs[m].frame_rate) for m in ("speech", "body", "hands")}
        silence = codes.speech["silence", ""]
        self._silence = silence[:, silence.shape[1] // 2 :]
        self.tokens = cache(self._count_tokens)

    def scene(self) -> Scene:
        """Two people at talking distance."""
        return Scene(self.rng)

    def clauses(self, line: str) -> list[str] | None:
        """The line's clauses, or None unless each is short enough and has codes of speech."""
        clauses = self.split(line)
        usable = clauses and len(clauses) <= MAX_CLAUSES and all(self._is_usable(clause) for clause in clauses)
        return clauses if usable else None

    def agent(
        self,
        clauses: Sequence[str],
        staged: Staged | None,
        scene: Scene,
        noticed: Sequence[Heard | Saw] = (),
        emotion: str = "",
    ) -> AgentTurn:
        """The agent's spoken turn: clauses over one run of motion; what it noticed comes after the first clause."""
        parts: list[Clause | Heard | Saw] = []
        used = 0
        for index, text in enumerate(clauses):
            speech = self.codes.speech["agent", text]
            count = min(MAX_CLAUSE_BEATS, speech.shape[1] // self._frames["speech"])
            if staged is not None and index == len(clauses) - 1:
                wanted = beats_of(staged) - used - count
                count = min(MAX_CLAUSE_BEATS, count + max(0, min(MAX_EXTRA_BEATS, wanted)))
            beats = self.beats(speech, staged, count, first=used)
            used += count
            place = self.ends_at(scene, "agent", staged, used) if staged is not None else None
            does = self.does(staged, text) if staged is not None and index == 0 else ""
            parts.append(Clause(text, place, beats, does))
            parts += noticed if index == 0 else ()
        self.go(scene, "agent", staged, used)
        return AgentTurn(speech=True, body=staged is not None, parts=tuple(parts), emotion=emotion)

    def choose(self, caption: str, clauses: Sequence[str] | None) -> Staged | None:
        """Motion for a caption: of the agent, who says these clauses, or of the user (None)."""
        if self.stage is None:
            return None
        seconds = None
        if clauses is not None:
            frames = sum(self.codes.speech["agent", clause].shape[1] for clause in clauses)
            seconds = frames / self._vocabulary.specs["speech"].frame_rate
        return self.stage.choose(caption, self.rng, talks=clauses is not None, seconds=seconds)

    def does(self, staged: Staged, clause: str) -> str:
        """What a run shows, as many words of it as fit behind a first clause's; every reply with a body has one.

        What is cut off is not cut behind a word that only opens a phrase.
        """
        room = min(MAX_DOES_TOKENS, FIRST_TEXT_TOKENS - 1 - self.tokens(clause))
        words = (staged.caption or TALKING).split()
        whole = len(words)
        while len(words) > 1 and (self.tokens(" ".join(words)) > room or (len(words) < whole and words[-1] in OPENING)):
            words.pop()
        return " ".join(words)

    def from_trackers(self, staged: Staged) -> Staged:
        """The run as headset and two controllers show it, where it was encoded so."""
        key = f"{THREE_POINTS}{staged.key}"
        return Staged(key, staged.caption, staged.seconds) if key in self.codes.motion else staged

    def user_place(self, scene: Scene) -> Codes:
        """Where the user stands."""
        return self._place(scene.seen("user"))

    def ends_at(self, scene: Scene, person: Person, staged: Staged, beats: int) -> Codes:
        """Where a person will stand after so many beats of a run."""
        return self._place(scene.seen(person, self._step(staged, beats)))

    def go(self, scene: Scene, person: Person, staged: Staged | None, beats: int) -> None:
        """Carry the person by so many beats of a run."""
        if staged is not None:
            scene.go(person, self._step(staged, beats))

    def beats(self, speech: IntArray | None, staged: Staged | None, count: int, first: int = 0) -> tuple[Beat, ...]:
        """At least `count` beats of the given modalities, the motion from beat `first` on; silence fills up."""
        if speech is not None:
            count = max(count, speech.shape[1] // self._frames["speech"])
            speech = np.concatenate([speech, *[self._silence] * count], axis=1)
        track = self._track(staged.key, first + count) if staged is not None else {}
        return tuple(
            Beat(
                speech=None if speech is None else self._cut(speech, "speech", i),
                **{name: self._cut(codes, name, first + i) for name, codes in track.items()},
            )
            for i in range(count)
        )

    def _step(self, staged: Staged, beats: int) -> FloatArray:
        path = self.codes.motion[staged.key].path
        return path[min(beats * self._frames["body"], len(path)) - 1]

    def _cut(self, codes: IntArray, modality: str, beat: int) -> IntArray:
        frames = self._frames[modality]
        return codes[:, beat * frames : (beat + 1) * frames]

    def _track(self, key: str, beats: int) -> dict[str, IntArray]:
        """Motion codes of at least so many beats: the run, then idle runs."""
        parts = [self.codes.motion[key]]
        while sum(part.body.shape[1] for part in parts) < beats * self._frames["body"]:
            parts.append(self.codes.motion[f"idle:{self.rng.randrange(IDLES)}"])
        return {name: np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("body", "hands")}

    def _is_usable(self, clause: str) -> bool:
        codes = self.codes.speech.get(("agent", clause))
        return (
            codes is not None
            and codes.shape[1] <= MAX_CLAUSE_BEATS * self._frames["speech"]
            and 0 < self.tokens(clause) <= MAX_CLAUSE_TOKENS
        )

    def _count_tokens(self, text: str) -> int:
        """The longer of the two ways a text may stand: at a turn's start, or after a space."""
        plain = text.strip()
        return max(len(self._vocabulary.encode_text(lead + plain)) for lead in ("", " ")) if plain else 0


def beats_of(staged: Staged) -> int:
    """Beats of the gesture itself."""
    return round(staged.seconds / 0.4)
