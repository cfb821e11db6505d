"""Talks of several exchanges -> turns: dialogues in words, and personas' scripts in any mix of modalities.

The users' turns are those of `lm_users`; the agent's turns of a talk are with or without a body.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat

from solami.datasets.scripts import Script, ScriptTurn
from solami.llm.template import MAX_CLAUSE_TOKENS
from solami.llm.training_forms import TrainingTurn, WordsTurn
from solami.llm.turns import AgentTurn, Clause, Heard, SystemTurn, UserTurn
from solami.training.lm_turns import MAX_CLAUSES, TurnMaker
from solami.training.lm_users import Drop, UserMaker

MAX_TYPED_TOKENS = 128  # as the server cuts them
# kinds of scripts whose answers take up what the user's body did
ABOUT_MOTION = ("motion_understanding", "imitation", "game", "teach")


class TalkMaker:
    """Makes whole talks; None where a turn cannot be made."""

    def __init__(self, turns: TurnMaker, drop: Drop) -> None:
        """Take the maker of their pieces and the shares of modalities."""
        self._turns, self._drop, self._rng = turns, drop, turns.rng
        self._users = UserMaker(turns, drop)

    def chat(
        self, lines: Sequence[str], system: str | None = None, *, in_full: bool = False, motions: Sequence[str] = ()
    ) -> list[TrainingTurn] | None:
        """A talk in words; the second speaker is the agent, `in_full` under the header of voice and body.

        `motions` are what the agent does with each of its lines, where that is known.
        """
        turns: list[TrainingTurn] = [] if system is None else [SystemTurn(system)]
        for asked, said, motion in zip(lines[::2], lines[1::2], chain(motions, repeat("")), strict=False):
            clauses = tuple(self._turns.split(said)[:MAX_CLAUSES])
            sizes = [self._turns.tokens(clause) for clause in clauses]
            if not 0 < self._turns.tokens(asked) <= MAX_TYPED_TOKENS or not clauses or max(sizes) > MAX_CLAUSE_TOKENS:
                return None
            turns.append(UserTurn(parts=(Heard(asked),)))
            silent = AgentTurn(speech=False, body=False, parts=tuple(Clause(clause) for clause in clauses))
            turns.append(WordsTurn(clauses, self._does(motion, clauses[0])) if in_full else silent)
        return turns if len(turns) > 1 else None

    def lines(self, script: Script, system: str, *, in_full: bool = False) -> list[TrainingTurn] | None:
        """A persona's talk in words: cheap in tokens, for what to answer rather than how it sounds."""
        part = self._part(script)
        motions = [turn.motion for turn in part[1::2]]
        return self.chat([turn.speech for turn in part], system, in_full=in_full, motions=motions)

    def script(self, script: Script, system: str) -> list[TrainingTurn] | None:
        """A persona's talk, or the part from a random exchange on, with random modalities."""
        turns: list[TrainingTurn] = [SystemTurn(system)]
        scene = self._turns.scene()
        has_body = self._rng.random() < self._drop.agent_body
        part = self._part(script)
        for asked, said in zip(part[::2], part[1::2], strict=False):
            duet = self._turns.stage.duet(asked.motion, said.motion, self._rng) if self._turns.stage else None
            needs_body = script.kind in ABOUT_MOTION and bool(asked.motion.strip())
            partner = duet[0] if duet else None
            shown = self._users.shown(asked.speech, asked.motion, scene, partner=partner, needs_body=needs_body)
            clauses = self._turns.clauses(said.speech)
            if shown is None or clauses is None:
                return None
            answer = duet[1] if duet and shown.turn.body else self._turns.choose(said.motion, clauses)
            emotion = said.emotion if self._rng.random() < self._drop.emotion else ""
            agent = self._turns.agent(clauses, answer if has_body else None, scene, shown.noticed, emotion)
            turns += [shown.turn, agent]
            scene.settle()
        return turns

    def _does(self, motion: str, clause: str) -> str:
        staged = self._turns.choose(motion, None) if motion else None
        return self._turns.does(staged, clause) if staged is not None else ""

    def _part(self, script: Script) -> tuple[ScriptTurn, ...]:
        exchanges = len(script.turns) // 2
        if exchanges < 2 or self._rng.random() >= self._drop.sub_dialogue:
            return script.turns
        return script.turns[2 * self._rng.randrange(exchanges) :]
