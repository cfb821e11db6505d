"""What a user says and does -> the user's turn, in any mix of modalities, and what of it the agent writes down later.

A missing modality is normal: a turn is drawn typed, typed with a body, spoken, spoken with a body, or acted alone, the
body whole or from three points.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from solami.datasets.scene import Scene
from solami.datasets.staging import Staged
from solami.llm.template import MAX_CAPTION_TOKENS
from solami.llm.turns import Beat, Heard, Saw, UserTurn
from solami.strict import Strict
from solami.training.lm_turns import MAX_USER_BEATS, TurnMaker, beats_of

UserMode = Literal["typed", "typed_body", "speech", "speech_body", "body"]


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
class Shown:
    """A user's turn, and what of it the agent writes down later."""

    turn: UserTurn
    noticed: tuple[Heard | Saw, ...] = ()


class UserMaker:
    """Makes users' turns."""

    def __init__(self, turns: TurnMaker, drop: Drop) -> None:
        """Take the maker of their pieces and the shares of modalities."""
        self._turns, self._drop, self._rng = turns, drop, turns.rng

    def shown(
        self, words: str, caption: str, scene: Scene, *, partner: Staged | None = None, needs_body: bool = False
    ) -> Shown | None:
        """Words and a captioned motion in a mode that can show them; None where none can.

        `partner` is the motion where one is known already; `needs_body` leaves out the modes without one.
        """
        says, speaks = bool(words.strip()), ("user", words) in self._turns.codes.speech
        can_act = self._turns.stage is not None
        needs_body = can_act and needs_body
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
            return Shown(UserTurn(parts=(Heard(words),)))
        staged = (partner or self._turns.choose(caption, None)) if mode != "speech" else None
        if staged is not None and self._rng.random() < self._drop.three_points:
            staged = self._turns.from_trackers(staged)
        return self._acted(words, staged, scene, mode)

    def _acted(self, words: str, staged: Staged | None, scene: Scene, mode: UserMode) -> Shown:
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
        return Shown(turn, tuple(part for part in later if self._turns.tokens(part.text) <= MAX_CAPTION_TOKENS))


def _drawn(modes: Sequence[tuple[UserMode, float]], rng: random.Random) -> UserMode:
    """One of the modes by its share; any of them where all shares are 0."""
    shares = [share for _, share in modes]
    names = [mode for mode, _ in modes]
    return rng.choices(names, shares)[0] if sum(shares) else rng.choice(names)
