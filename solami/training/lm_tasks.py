"""The alignment tasks of one line, clip or pair -> turns. Whole talks are in `lm_talks`; `lm_data` renders and packs.

t2s text to speech, speak the same with co-speech motion, s2t speech to text, s2s speech to speech, m2t motion to
caption, t2m a request to motion, m2m motion to motion.
"""

from __future__ import annotations

from collections.abc import Sequence

from solami.body.gestures.catalogue import CAPTIONS
from solami.datasets.requests import ANSWERS, COPYING, NAMED_COPYING, TEMPLATES, naming, request
from solami.datasets.scene import Scene
from solami.datasets.staging import Staged
from solami.llm.template import MAX_CAPTION_TOKENS, MAX_CLAUSE_TOKENS
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, Saw, Turn, UserTurn
from solami.training.lm_turns import MAX_CLAUSE_BEATS, MAX_USER_BEATS, TurnMaker, beats_of
from solami.training.lm_users import Shown, UserMaker

NAMED_SHARE = 0.6  # of answers to canonical requests that say what they show
COPY_SHARE = 0.35  # of canonical requests whose user shows what is wanted and says "Copy me."


class TaskMaker:
    """Makes single exchanges; None where the codes do not suffice."""

    def __init__(self, turns: TurnMaker, users: UserMaker) -> None:
        """Take the maker of their pieces and that of users' turns."""
        self._turns, self._users, self._rng = turns, users, turns.rng

    def t2s(self, line: str, asked: str | None = None) -> list[Turn] | None:
        """The agent speaks a line, without a body; `asked` is what it answers."""
        return self._spoken(line, asked, None)

    def speak(self, line: str, asked: str | None = None, motion: str = "") -> list[Turn] | None:
        """The agent speaks a line and does what a caption says, or gestures; `asked` is what it answers."""
        return self._spoken(line, asked, motion)

    def s2s(self, line: str, asked: str) -> list[Turn] | None:
        """A user's speech, answered in speech; what was heard is written in either turn."""
        clauses, user = self._turns.clauses(line), self._said(asked)
        if clauses is None or user is None:
            return None
        heard = Heard(asked)
        if self._rng.random() < 0.5 and self._turns.tokens(asked) <= MAX_CAPTION_TOKENS:
            return [UserTurn(speech=True, parts=user), self._turns.agent(clauses, None, self._turns.scene(), [heard])]
        return [UserTurn(speech=True, parts=(*user, heard)), self._turns.agent(clauses, None, self._turns.scene())]

    def s2t(self, key: tuple[str, str], text: str) -> list[Turn] | None:
        """A user's speech, synthetic or human, and its words."""
        beats = self._turns.beats(self._turns.codes.speech[key], None, 0)
        return [UserTurn(speech=True, parts=(*beats, Heard(text)))] if len(beats) <= MAX_USER_BEATS else None

    def m2t(self, staged: Staged) -> list[Turn] | None:
        """A user's motion and its caption."""
        beats = self._moved(self._perhaps_tracked(staged))
        place = self._turns.user_place(self._turns.scene())
        return [UserTurn(body=True, placement=place, parts=(*beats, Saw(staged.caption)))]

    def t2m(self, staged: Staged) -> list[Turn] | None:
        """A request in any of the modes, and the motion that answers it, with a word of voice where there is one."""
        scene = self._turns.scene()
        user = self._requested(staged.caption, scene)
        if user is None:
            return None
        answer = self._answer(staged.caption)
        clauses = self._turns.clauses(answer) if self._rng.random() < 0.5 else None
        if clauses is not None:
            return [user.turn, self._turns.agent(clauses, staged, scene, user.noticed)]
        return [user.turn, self._shown(staged, answer, user.noticed)]

    def m2m(self, seen: Staged, answered: Staged) -> list[Turn] | None:
        """A user's motion and the motion that answers it, without a word of the user's."""
        user = self._perhaps_tracked(seen)
        parts = self._moved(user)
        scene = self._turns.scene()
        place = self._turns.user_place(scene)
        return [UserTurn(body=True, placement=place, parts=parts), self._shown(answered, self._rng.choice(ANSWERS))]

    def _spoken(self, line: str, asked: str | None, motion: str | None) -> list[Turn] | None:
        clauses = self._turns.clauses(line)
        if clauses is None:
            return None
        staged = self._turns.choose(motion, clauses) if motion is not None else None
        scene = self._turns.scene()
        if asked is None:
            return [self._turns.agent(clauses, staged, scene)]
        user = self._users.shown(asked, "", scene)
        return None if user is None else [user.turn, self._turns.agent(clauses, staged, scene, user.noticed)]

    def _said(self, text: str) -> tuple[Beat, ...] | None:
        """Beats of a user who says the text; None where nobody does, or at too great length."""
        codes = self._turns.codes.speech.get(("user", text))
        beats = None if codes is None else self._turns.beats(codes, None, 0)
        return beats if beats is not None and len(beats) <= MAX_USER_BEATS else None

    def _requested(self, caption: str, scene: Scene) -> Shown | None:
        """A user who asks for a motion, with or without showing it, or who shows it and wants it copied."""
        if caption in CAPTIONS and self._rng.random() < COPY_SHARE:
            words = self._rng.choice((*COPYING, *naming(caption, NAMED_COPYING)))
            return self._users.shown(words, caption, scene, needs_body=True)
        asked = request(caption, self._rng.choice(TEMPLATES))
        return self._users.shown(asked, self._rng.choice(("", caption)), scene)

    def _answer(self, caption: str) -> str:
        """One clause to go with a motion that was asked for."""
        if caption not in CAPTIONS or self._rng.random() >= NAMED_SHARE:
            return self._rng.choice(ANSWERS)
        short = [line for line in naming(caption) if self._turns.tokens(line) <= MAX_CLAUSE_TOKENS]
        return self._rng.choice(short or ANSWERS)

    def _moved(self, staged: Staged) -> tuple[Beat, ...]:
        return self._turns.beats(None, staged, min(MAX_USER_BEATS, max(2, beats_of(staged))))

    def _shown(self, staged: Staged, words: str, noticed: Sequence[Heard | Saw] = ()) -> AgentTurn:
        """A motion under a word, without voice; what was noticed comes after it."""
        count = min(MAX_CLAUSE_BEATS, max(2, beats_of(staged)))
        place = self._turns.ends_at(self._turns.scene(), "agent", staged, count)
        clause = Clause(words, place, self._turns.beats(None, staged, count), self._turns.does(staged, words))
        return AgentTurn(speech=False, body=True, parts=(clause, *noticed))

    def _perhaps_tracked(self, staged: Staged) -> Staged:
        return self._turns.from_trackers(staged) if self._rng.random() < 0.5 else staged
