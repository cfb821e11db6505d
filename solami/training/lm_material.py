"""What samples are drawn from: scripts, dialogues, clips and codes -> an endless stream of turns for every task."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from solami.datasets.clauses import split_line
from solami.datasets.dialogues import read_dialogues
from solami.datasets.procedural_clips import ProceduralClip
from solami.datasets.scripts import Script
from solami.datasets.spoken_build import dialogue_turns
from solami.datasets.staging import Staged
from solami.datasets.validation import usable_scripts
from solami.frames import Codes, Placement
from solami.llm.training_forms import TrainingTurn
from solami.llm.turns import AgentTurn, Clause, SystemTurn
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_codes import CodeStore
from solami.training.lm_runs import train_stage
from solami.training.lm_sources import GENERIC_PERSONA, Shares, Sources, asked_before, persona_texts
from solami.training.lm_talks import TalkMaker
from solami.training.lm_tasks import TaskMaker
from solami.training.lm_turns import TurnMaker
from solami.training.lm_users import Drop, UserMaker

log = logging.getLogger(__name__)
T = TypeVar("T")
Stream = Iterator[Sequence[TrainingTurn] | None]


class Material:
    """The lists, read once a process."""

    def __init__(self, vocabulary: Vocabulary, codes: CodeStore, sources: Sources) -> None:
        """Take the codes; without codes of motion nobody has a body."""
        pack = sources.pack
        self._vocabulary, self._codes = vocabulary, codes
        self._stage = train_stage(pack, sources.takes) if codes.motion else None
        checked = usable_scripts(self._stage, sources.scripts)
        self._scripts = [script for script in checked.kept if sources.wants(script)]
        self._talks = sources.weighted(self._scripts)
        self._personas = persona_texts(sources.personas)
        self._split = partial(split_line, count_tokens=lambda text: len(vocabulary.encode_text(text)))
        self._chats = [d.turns for d in read_dialogues(pack) if d.split == "train"] if pack is not None else []
        scripted = [[turn.speech for turn in script.turns] for script in self._scripts]
        self._asked = asked_before([*scripted, *self._chats])
        talk = dialogue_turns(pack, 0)[: sources.max_dialogue_turns] if pack is not None else []
        self._shown_with = {
            turn.speech: turn.motion for script in self._scripts for turn in script.turns if turn.role == "agent"
        }
        self._said_by = {
            " ".join(turn.speech.split()): script.persona
            for script in self._scripts
            for turn in script.turns
            if turn.role == "agent"
        }
        lines = [turn.speech for script in self._scripts for turn in script.turns if turn.role == "agent"]
        self._lines = [list(dict.fromkeys(pool)) for pool in (lines, talk)]
        self._usable: list[list[str]] = []

    def streams(
        self, place: Callable[[Placement], Codes], shares: Shares, drop: Drop, rng: random.Random
    ) -> dict[str, Stream]:
        """Endless samples of every task; every choice comes from `rng`."""
        turns = TurnMaker(self._vocabulary, self._codes, self._stage, place, self._split, rng)
        tasks, talks = TaskMaker(turns, UserMaker(turns, drop)), TalkMaker(turns, drop)
        heard = [key for key in self._codes.speech if key[0] in ("user", "human")]
        texts = self._codes.texts
        in_full = partial(_is_one_of, rng, shares.words_in_full)
        single: dict[str, Stream] = {
            "t2s": (tasks.t2s(*line) for line in self._spoken(turns, shares, rng)),
            "speak": (
                tasks.speak(line, asked, self._shown_with.get(line, ""))
                for line, asked in self._spoken(turns, shares, rng)
            ),
            "s2s": (tasks.s2s(*line) for line in endless(self._spoken_answers(turns), rng)),
            "s2t": (tasks.s2t(key, texts.get(key[1], key[1])) for key in endless(heard, rng)),
            "m2t": (tasks.m2t(clip) for clip in self._clips(0.3, rng)),
            "t2m": (tasks.t2m(clip) for clip in self._clips(shares.canonical, rng)),
            "m2m": (tasks.m2m(*pair) for pair in self._motion_pairs(turns, shares, rng)),
            "chat": (talks.chat(_stretch(chat, rng), in_full=in_full()) for chat in endless(self._chats, rng)),
        }
        return {name: self._with_systems(stream, shares.systems, rng) for name, stream in single.items()} | {
            "lines": (talks.lines(s, self._persona(s), in_full=in_full()) for s in endless(self._talks, rng)),
            "script": (talks.script(s, self._persona(s)) for s in endless(self._talks, rng)),
        }

    def _spoken(self, turns: TurnMaker, shares: Shares, rng: random.Random) -> Iterator[tuple[str, str | None]]:
        """Lines with codes, and what was said before them where that is wanted."""
        pools = [endless(pool, rng) for pool in self._speakable(turns)]
        while True:
            first = 0 if rng.random() < shares.script_lines else 1
            line = next(pools[first], None) or next(pools[1 - first], None)
            if line is None:
                return
            yield line, self._asked.get(line) if rng.random() < shares.answers else None

    def _speakable(self, turns: TurnMaker) -> list[list[str]]:
        if not self._usable:
            self._usable = [[line for line in pool if turns.clauses(line)] for pool in self._lines]
            log.info("lines that can be spoken: %d of scripts, %d of dialogues", *map(len, self._usable))
        return self._usable

    def _spoken_answers(self, turns: TurnMaker) -> list[tuple[str, str]]:
        """Lines with codes that answer a user's line with codes."""
        lines = [line for pool in self._speakable(turns) for line in pool if line in self._asked]
        return [(line, self._asked[line]) for line in lines if ("user", self._asked[line]) in self._codes.speech]

    def _clips(self, canonical: float, rng: random.Random) -> Iterator[Staged]:
        """Runs of clips, so many of them canonical."""
        if self._stage is None:
            return
        made = {key for key, clip in self._stage.clips.items() if isinstance(clip, ProceduralClip)}
        clips = self._stage.all_clips()
        both = [[c for c in clips if (c.key.split(":")[1] in made) is wanted] for wanted in (True, False)]
        pools = [endless(pool or clips, rng) for pool in both]
        while True:
            yield next(pools[0 if rng.random() < canonical else 1])

    def _motion_pairs(self, turns: TurnMaker, shares: Shares, rng: random.Random) -> Iterator[tuple[Staged, Staged]]:
        """What one did and what the other answered with: recorded pairs, and the scripts' exchanges."""
        if self._stage is None:
            return
        duets = endless(self._stage.duets, rng)
        exchanges = [
            (asked.motion, said.motion)
            for script in self._scripts
            for asked, said in zip(script.turns[::2], script.turns[1::2], strict=False)
            if asked.motion.strip() and said.motion.strip()
        ]
        for asked, said in endless(exchanges, rng):
            duet = next(duets, None) if rng.random() < shares.duets else None
            seen, answered = duet or (turns.choose(asked, None), turns.choose(said, None))
            if seen is not None and answered is not None and seen.caption and answered.caption:
                yield seen, answered

    def _with_systems(self, stream: Stream, share: float, rng: random.Random) -> Stream:
        for sample in stream:
            has_system = sample is not None and rng.random() < share
            yield [SystemTurn(self._system_of(sample[-1], rng)), *sample] if sample and has_system else sample

    def _system_of(self, turn: TrainingTurn, rng: random.Random) -> str:
        """The text of the persona whose script holds the line, or anybody's for words that are nobody's."""
        words = [part.text for part in turn.parts if isinstance(part, Clause)] if isinstance(turn, AgentTurn) else []
        speaker = self._said_by.get(" ".join(words))
        if speaker is not None:
            return self._personas.get(speaker, GENERIC_PERSONA)
        return rng.choice([GENERIC_PERSONA, *self._personas.values()])

    def _persona(self, script: Script) -> str:
        return self._personas.get(script.persona, GENERIC_PERSONA)


def endless(items: Sequence[T], rng: random.Random) -> Iterator[T]:
    """The items in a random order, again and again; nothing for none."""
    ordered = list(items)
    rng.shuffle(ordered)
    while ordered:
        yield from ordered


def _is_one_of(rng: random.Random, share: float) -> bool:
    return rng.random() < share


def _stretch(lines: Sequence[str], rng: random.Random) -> Sequence[str]:
    """Two to eight neighbouring turns."""
    count = rng.choice((2, 4, 6, 8))
    first = rng.randrange(max(1, len(lines) - count + 1))
    return lines[first : first + count]
