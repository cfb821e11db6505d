"""The training tasks: lines, clips and scripts -> turns. `lm_data` renders and packs them.

t2s text to speech, speak the same with co-speech motion, s2t speech to text, m2t motion to caption, t2m a request to
motion, chat text dialogue, lines a persona's talk in text, script the same with voice and body.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from solami.datasets.scene import Person, Scene
from solami.datasets.scripts import Script, ScriptTurn
from solami.datasets.staging import Stage, Staged
from solami.frames import Codes, FloatArray, IntArray, Placement
from solami.llm.template import MAX_CAPTION_TOKENS, MAX_CLAUSE_TOKENS
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, Saw, SystemTurn, Turn, UserTurn, frames_per_beat
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_codes import IDLES, CodeStore

MAX_CLAUSES, MAX_CLAUSE_BEATS, MAX_EXTRA_BEATS, MAX_USER_BEATS = 12, 20, 3, 20
T2M_REQUESTS = ("Show me: {}.", "Please do this: {}.", "Can you do this? {}.", "Let me see: {}.")
T2M_WORDS = ("Like this.", "Watch me.", "Sure, look.", "Here you go.", "Of course.", "Okay, watch.")


class TaskMaker:
    """Makes turns from stored codes; every choice comes from its `rng`."""

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
        self._vocabulary, self._codes, self._stage = vocabulary, codes, stage
        self._place, self._split, self._rng = place, split, rng
        self._frames = {m: frames_per_beat(vocabulary.specs[m].frame_rate) for m in ("speech", "body", "hands")}
        silence = codes.speech["silence", ""]
        self._silence = silence[:, silence.shape[1] // 2 :]

    def clauses(self, line: str) -> list[str] | None:
        """The line's clauses, or None unless each is short enough and has codes of speech."""
        clauses = self._split(line)
        usable = clauses and len(clauses) <= MAX_CLAUSES and all(self._is_usable(clause) for clause in clauses)
        return clauses if usable else None

    def t2s(self, line: str) -> list[Turn] | None:
        """The agent speaks a line, without a body."""
        clauses = self.clauses(line)
        return [self.agent(clauses, None, Scene(self._rng))] if clauses else None

    def speak(self, line: str) -> list[Turn] | None:
        """The agent speaks a line and gestures."""
        clauses = self.clauses(line)
        return [self.agent(clauses, self._choose("", clauses), Scene(self._rng))] if clauses else None

    def s2t(self, key: tuple[str, str], text: str) -> list[Turn] | None:
        """A user's speech and its words."""
        beats = self._beats(self._codes.speech[key], None, 0)
        return [UserTurn(speech=True, parts=(*beats, Heard(text)))] if len(beats) <= MAX_USER_BEATS else None

    def m2t(self, staged: Staged) -> list[Turn] | None:
        """A user's motion and its caption."""
        count = min(MAX_USER_BEATS, max(2, round(staged.seconds / 0.4)))
        beats = self._beats(None, staged, count)
        return [
            UserTurn(
                body=True, placement=self._place(Scene(self._rng).seen("user")), parts=(*beats, Saw(staged.caption))
            )
        ]

    def t2m(self, staged: Staged) -> list[Turn] | None:
        """A typed request and the motion that answers it, without speech."""
        request = self._rng.choice(T2M_REQUESTS).format(staged.caption)
        count = min(MAX_CLAUSE_BEATS, max(2, round(staged.seconds / 0.4)))
        place = self._seen(Scene(self._rng), "agent", staged, count)
        clause = Clause(self._rng.choice(T2M_WORDS), place, self._beats(None, staged, count))
        return [UserTurn(parts=(Heard(request),)), AgentTurn(speech=False, body=True, parts=(clause,))]

    def chat(self, lines: Sequence[str]) -> list[Turn] | None:
        """A stretch of text dialogue; the second speaker is the agent."""
        turns: list[Turn] = []
        for asked, said in zip(lines[::2], lines[1::2], strict=False):
            if not asked.strip():
                return None
            clauses = self._split(said)[:MAX_CLAUSES]
            if not all(0 < self._tokens(clause) <= MAX_CLAUSE_TOKENS for clause in clauses):
                return None
            parts = tuple(Clause(clause) for clause in clauses)
            turns += [UserTurn(parts=(Heard(asked),)), AgentTurn(speech=False, body=False, parts=parts)]
        return turns or None

    def script(self, script: Script, persona_text: str) -> list[Turn] | None:
        """A persona's whole talk with random modalities of the user, from the system's turn on."""
        turns: list[Turn] = [SystemTurn(persona_text)]
        scene = Scene(self._rng)
        for asked, said in zip(script.turns[::2], script.turns[1::2], strict=False):
            duet = self._stage.duet(asked.motion, said.motion, self._rng) if self._stage is not None else None
            user, left = self._user(asked, scene, duet[0] if duet else None)
            clauses = self.clauses(said.speech)
            if user is None or clauses is None:
                return None
            answer = duet[1] if duet and user.body else self._choose(said.motion, clauses)
            turns += [user, self.agent(clauses, answer, scene, left)]
            scene.settle()
        return turns

    def lines(self, script: Script, persona_text: str) -> list[Turn] | None:
        """A persona's whole talk in words alone: cheap in tokens, for what to answer rather than how it sounds."""
        talk = self.chat([turn.speech for turn in script.turns])
        return [SystemTurn(persona_text), *talk] if talk else None

    def agent(
        self, clauses: list[str], staged: Staged | None, scene: Scene, noticed: Sequence[Heard | Saw] = ()
    ) -> AgentTurn:
        """The agent's turn: clauses over one run of motion; what it noticed comes after the first clause."""
        parts: list[Clause | Heard | Saw] = []
        used = 0
        for index, text in enumerate(clauses):
            speech = self._codes.speech["agent", text]
            count = min(MAX_CLAUSE_BEATS, speech.shape[1] // self._frames["speech"])
            if staged is not None and index == len(clauses) - 1:
                wanted = round(staged.seconds / 0.4) - used - count
                count = min(MAX_CLAUSE_BEATS, count + max(0, min(MAX_EXTRA_BEATS, wanted)))
            beats = self._beats(speech, staged, count, first=used)
            used += count
            place = self._seen(scene, "agent", staged, used) if staged is not None else None
            parts.append(Clause(text, place, beats))
            parts += noticed if index == 0 else ()
        self._go(scene, "agent", staged, used)
        return AgentTurn(speech=True, body=staged is not None, parts=tuple(parts))

    def _user(
        self, turn: ScriptTurn, scene: Scene, partner: Staged | None
    ) -> tuple[UserTurn | None, list[Heard | Saw]]:
        """The user's turn and what of it the agent writes down later; None when it can be shown in no modality."""
        typed, both = self._rng.random() < 0.4, self._rng.random() < 0.6
        staged = (partner or self._choose(turn.motion, None)) if both or not turn.speech.strip() else None
        spoken = self._codes.speech.get(("user", turn.speech))
        if turn.speech.strip() and (typed or spoken is None):
            return UserTurn(parts=(Heard(turn.speech),)), []
        if staged is None and spoken is None:
            return None, []
        wanted = 0 if staged is None else min(MAX_USER_BEATS, round(staged.seconds / 0.4))
        beats = self._beats(spoken, staged, max(wanted, 2 if spoken is None else 0))[:MAX_USER_BEATS]
        noticed: list[Heard | Saw] = [Heard(turn.speech)] if spoken is not None else []
        noticed += [Saw(staged.caption)] if staged is not None and staged.caption else []
        place = self._place(scene.seen("user")) if staged is not None else None
        self._go(scene, "user", staged, len(beats))
        now = self._rng.random() < 0.5
        parts = (*beats, *(noticed if now else ()))
        return UserTurn(spoken is not None, staged is not None, place, parts), [] if now else self._short(noticed)

    def _short(self, noticed: list[Heard | Saw]) -> list[Heard | Saw]:
        return [part for part in noticed if self._tokens(part.text) <= MAX_CAPTION_TOKENS]

    def _choose(self, caption: str, clauses: list[str] | None) -> Staged | None:
        """Motion for a caption: of the agent, who says these clauses, or of the user (None)."""
        if self._stage is None:
            return None
        seconds = None
        if clauses is not None:
            frames = sum(self._codes.speech["agent", clause].shape[1] for clause in clauses)
            seconds = frames / self._vocabulary.specs["speech"].frame_rate
        return self._stage.choose(caption, self._rng, talks=clauses is not None, seconds=seconds)

    def _seen(self, scene: Scene, person: Person, staged: Staged, beats: int) -> Codes:
        """Where a person will stand after so many beats of a run."""
        return self._place(scene.seen(person, self._step(staged, beats)))

    def _go(self, scene: Scene, person: Person, staged: Staged | None, beats: int) -> None:
        if staged is not None:
            scene.go(person, self._step(staged, beats))

    def _step(self, staged: Staged, beats: int) -> FloatArray:
        path = self._codes.motion[staged.key].path
        return path[min(beats * self._frames["body"], len(path)) - 1]

    def _beats(self, speech: IntArray | None, staged: Staged | None, count: int, first: int = 0) -> tuple[Beat, ...]:
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

    def _cut(self, codes: IntArray, modality: str, beat: int) -> IntArray:
        frames = self._frames[modality]
        return codes[:, beat * frames : (beat + 1) * frames]

    def _track(self, key: str, beats: int) -> dict[str, IntArray]:
        """Motion codes of at least so many beats: the run, then idle runs."""
        parts = [self._codes.motion[key]]
        while sum(part.body.shape[1] for part in parts) < beats * self._frames["body"]:
            parts.append(self._codes.motion[f"idle:{self._rng.randrange(IDLES)}"])
        return {name: np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("body", "hands")}

    def _is_usable(self, clause: str) -> bool:
        codes = self._codes.speech.get(("agent", clause))
        return (
            codes is not None
            and codes.shape[1] <= MAX_CLAUSE_BEATS * self._frames["speech"]
            and 0 < self._tokens(clause) <= MAX_CLAUSE_TOKENS
        )

    def _tokens(self, text: str) -> int:
        """The longer of the two ways a text may stand: at a turn's start, or after a space."""
        plain = text.strip()
        return max(len(self._vocabulary.encode_text(lead + plain)) for lead in ("", " ")) if plain else 0
