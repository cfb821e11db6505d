"""Held-out talks, played to the end: the script's user types and moves, and the model answers as it likes."""

from __future__ import annotations

import random
from dataclasses import dataclass

from solami.datasets.scripts import Script, ScriptTurn
from solami.datasets.staging import Stage
from solami.evaluation.held_out import performed
from solami.evaluation.replies import Reply, Turn, converse
from solami.stream_server.backend import Backend

STANDING_S = 2.0  # what is seen of a user who does nothing that a clip shows


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """The script's answer, and the model's."""

    wanted: ScriptTurn
    reply: Reply


def play(backend: Backend, stage: Stage, script: Script, seed: int) -> list[Played]:
    """One talk with held-out motion of the user; behind the first exchange the model's own answers are the past."""
    rng = random.Random(f"{seed} {script.id}")
    asked, wanted = script.turns[::2], script.turns[1::2]
    turns = [_shown(script.persona, turn, stage, rng) for turn in asked[: len(wanted)]]
    return [Played(turn, reply) for turn, reply in zip(wanted, converse(backend, turns, seed), strict=True)]


def _shown(persona: str, turn: ScriptTurn, stage: Stage, rng: random.Random) -> Turn:
    run = stage.choose(turn.motion, rng, talks=False)
    motion = performed(stage, run, None if run.caption else STANDING_S)
    return Turn(persona, text=turn.speech.strip() or None, motion=motion)
