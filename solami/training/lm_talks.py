"""Talks of several exchanges -> turns: dialogues in words, and personas' scripts in any mix of modalities.

A missing modality is normal: every user's turn is drawn typed, typed with a body, spoken, spoken with a body, or acted
alone, the body whole or from three points, and the agent's turns of a talk with or without a body.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from solami.datasets.scene import Scene
from solami.datasets.scripts import Script, ScriptTurn
from solami.datasets.staging import Staged
from solami.llm.template import MAX_CAPTION_TOKENS, MAX_CLAUSE_TOKENS
from solami.llm.training_forms import TrainingTurn, WordsTurn
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, Saw, SystemTurn, UserTurn
from solami.strict import Strict
from solami.training.lm_turns import MAX_CLAUSES, MAX_USER_BEATS, TurnMaker, beats_of

UserMode = Literal["typed", "typed_body", "speech", "speech_body", "body"]
MAX_TYPED_TOKENS = 128  # as the server cuts them
ABOUT_MOTION = ("motion_understanding", "imitation")  # kinds of scripts whose answers say what the user's body did


class UserModes(Strict):
    """Shares of users' turns; a turn that cannot be shown in one mode is drawn from the others."""

    typed: float = 0.3
    typed_body: float = 0.1
    speech: float = 0.2
    speech_body: float = 0.3
    body: float = 0.1

    def share(self, mode: UserMode) -> float:
        """The share of one mode."""
        return float(getattr(self, mode))


class Drop(Strict):
    """How often which modalities are there, in shares of 1."""

    user: UserModes = UserModes()
    three_points: float = 0.3  # of the users' bodies
    agent_body: float = 0.92  # of talks; the rest is voice alone
    sub_dialogue: float = 0.6  # of talks that begin at a random exchange
    heard_at_once: float = 0.6  # <heard> in the user's turn, as an ear writes it; else after the agent's first clause
    saw_at_once: float = 0.3  # <saw> likewise
    emotion: float = 0.25  # of agent's turns whose header names the emotion


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """A user's turn, and what of it the agent writes down later."""

    turn: UserTurn
    noticed: tuple[Heard | Saw, ...] = ()


class TalkMaker:
    """Makes whole talks; None where a turn cannot be made."""

    def __init__(self, turns: TurnMaker, drop: Drop) -> None:
        """Take the maker of their pieces and the shares of modalities."""
        self._turns, self._drop, self._rng = turns, drop, turns.rng

    def chat(
        self, lines: Sequence[str], system: str | None = None, *, in_full: bool = False
    ) -> list[TrainingTurn] | None:
        """A talk in words; the second speaker is the agent, `in_full` under the header of voice and body."""
        turns: list[TrainingTurn] = [] if system is None else [SystemTurn(system)]
        for asked, said in zip(lines[::2], lines[1::2], strict=False):
            clauses = tuple(self._turns.split(said)[:MAX_CLAUSES])
            sizes = [self._turns.tokens(clause) for clause in clauses]
            if not 0 < self._turns.tokens(asked) <= MAX_TYPED_TOKENS or not clauses or max(sizes) > MAX_CLAUSE_TOKENS:
                return None
            turns.append(UserTurn(parts=(Heard(asked),)))
            silent = AgentTurn(speech=False, body=False, parts=tuple(Clause(clause) for clause in clauses))
            turns.append(WordsTurn(clauses) if in_full else silent)
        return turns if len(turns) > 1 else None

    def lines(self, script: Script, system: str, *, in_full: bool = False) -> list[TrainingTurn] | None:
        """A persona's talk in words: cheap in tokens, for what to answer rather than how it sounds."""
        return self.chat([turn.speech for turn in self._part(script)], system, in_full=in_full)

    def script(self, script: Script, system: str) -> list[TrainingTurn] | None:
        """A persona's talk, or the part from a random exchange on, with random modalities."""
        turns: list[TrainingTurn] = [SystemTurn(system)]
        scene = self._turns.scene()
        has_body = self._rng.random() < self._drop.agent_body
        part = self._part(script)
        for asked, said in zip(part[::2], part[1::2], strict=False):
            duet = self._turns.stage.duet(asked.motion, said.motion, self._rng) if self._turns.stage else None
            shown = self._user(asked, scene, duet[0] if duet else None, is_about_motion=script.kind in ABOUT_MOTION)
            clauses = self._turns.clauses(said.speech)
            if shown is None or clauses is None:
                return None
            answer = duet[1] if duet and shown.turn.body else self._turns.choose(said.motion, clauses)
            emotion = said.emotion if self._rng.random() < self._drop.emotion else ""
            agent = self._turns.agent(clauses, answer if has_body else None, scene, shown.noticed, emotion)
            turns += [shown.turn, agent]
            scene.settle()
        return turns

    def _part(self, script: Script) -> tuple[ScriptTurn, ...]:
        exchanges = len(script.turns) // 2
        if exchanges < 2 or self._rng.random() >= self._drop.sub_dialogue:
            return script.turns
        return script.turns[2 * self._rng.randrange(exchanges) :]

    def _user(self, turn: ScriptTurn, scene: Scene, partner: Staged | None, *, is_about_motion: bool) -> _Shown | None:
        """The user's turn in a mode that shows what the answer is about."""
        says, speaks = bool(turn.speech.strip()), ("user", turn.speech) in self._turns.codes.speech
        can_act = self._turns.stage is not None
        needs_body = can_act and is_about_motion and bool(turn.motion.strip())
        possible: dict[UserMode, bool] = {
            "typed": says and not needs_body,
            "typed_body": says and can_act,
            "speech": speaks and not needs_body,
            "speech_body": speaks and can_act,
            "body": not says and can_act,
        }
        modes = [(mode, self._drop.user.share(mode)) for mode, fits in possible.items() if fits]
        if not modes:
            return None
        mode = _drawn(modes, self._rng)
        if mode == "typed":
            return _Shown(UserTurn(parts=(Heard(turn.speech),)))
        staged = (partner or self._turns.choose(turn.motion, None)) if mode != "speech" else None
        if staged is not None and self._rng.random() < self._drop.three_points:
            staged = self._turns.from_trackers(staged)
        return self._acted(turn.speech, staged, scene, mode)

    def _acted(self, words: str, staged: Staged | None, scene: Scene, mode: UserMode) -> _Shown:
        """A turn with beats; typed words stand before one of them, what was heard or seen behind them or later."""
        spoken = self._turns.codes.speech["user", words] if mode in ("speech", "speech_body") else None
        wanted = 0 if staged is None else min(MAX_USER_BEATS, beats_of(staged))
        beats = self._turns.beats(spoken, staged, max(wanted, 2 if spoken is None else 0))[:MAX_USER_BEATS]
        place = self._turns.user_place(scene) if staged is not None else None
        self._turns.go(scene, "user", staged, len(beats))
        noticed: list[Heard | Saw] = [Heard(words)] if spoken is not None else []
        noticed += [Saw(staged.caption)] if staged is not None and staged.caption else []
        parts: list[Beat | Heard | Saw] = list(beats)
        if mode == "typed_body":
            parts.insert(self._rng.randrange(len(parts) + 1), Heard(words))
        shares = {Heard: self._drop.heard_at_once, Saw: self._drop.saw_at_once}
        at_once = [part for part in noticed if self._rng.random() < shares[type(part)]]
        later = [part for part in noticed if part not in at_once]
        turn = UserTurn(spoken is not None, staged is not None, place, (*parts, *at_once))
        return _Shown(turn, tuple(part for part in later if self._turns.tokens(part.text) <= MAX_CAPTION_TOKENS))


def _drawn(modes: Sequence[tuple[UserMode, float]], rng: random.Random) -> UserMode:
    """One of the modes by its share; any of them where all shares are 0."""
    shares = [share for _, share in modes]
    names = [mode for mode, _ in modes]
    return rng.choices(names, shares)[0] if sum(shares) else rng.choice(names)
