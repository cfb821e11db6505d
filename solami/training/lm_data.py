"""Packed training rows for the LLM: turns of every task, rendered by the one template, back to back without padding.

A row is `<bos>` and turns until it is full; scripts start a row, so that the persona's text stands where the server
puts it. Rows are .npy shards, ids and loss masks; the same config makes the same bytes.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import yaml
from numpy.typing import NDArray

from solami.datasets.clauses import split_line
from solami.datasets.dialogues import read_dialogues
from solami.datasets.scripts import Script, load_scripts
from solami.datasets.spoken_build import dialogue_turns
from solami.errors import ConfigError
from solami.frames import Codes, Placement
from solami.llm.template import Rendered, render_turn
from solami.llm.turns import Turn
from solami.llm.vocabulary import Vocabulary
from solami.strict import Strict
from solami.training.lm_codes import CodeStore, train_stage
from solami.training.lm_tasks import TaskMaker

log = logging.getLogger(__name__)
T = TypeVar("T")
Task = Literal["t2s", "speak", "s2t", "m2t", "t2m", "chat", "lines", "script"]
GENERIC_PERSONA = "You are a friendly character in a virtual room. You talk and move."
SHARD_TOKENS = 2**19


class RowsConfig(Strict):
    """Which rows to make."""

    codes: Path = Path("data/codes")
    out: Path
    pack: Path | None = None  # None: scripts only, no dialogues, human lines or motion
    personas: Path = Path("configs/personas")
    row_tokens: int = 512
    tokens: int = 8_000_000
    mix: dict[Task, float]  # shares of tokens
    script_share: float = 0.3  # of t2s and speak lines that come from scripts instead of dialogues
    max_dialogue_turns: int = 40_000
    workers: int = 2
    seed: int = 0


@dataclass(slots=True)
class _Row:
    ids: list[int]
    mask: list[bool]


@dataclass(slots=True)
class _Sources:
    """Endless samples of every task."""

    streams: dict[Task, Iterator[list[Turn] | None]]
    spent: dict[Task, int] = field(default_factory=dict)


def build_rows(
    config: RowsConfig, load_vocabulary: Callable[[], Vocabulary], place: Callable[[Placement], Codes]
) -> dict[str, int]:
    """Write the missing shards; returns learned and all tokens, and all tokens of each task. Deterministic by seed."""
    unknown = [share for share in config.mix.values() if share < 0]
    if unknown or not sum(config.mix.values()):
        raise ConfigError(f"mix: got {config.mix}, expected shares of at least 0 that are not all 0")
    config.out.mkdir(parents=True, exist_ok=True)
    shards = [
        i for i in range(max(1, config.tokens // SHARD_TOKENS)) if not (config.out / f"mask_{i:05d}.npy").exists()
    ]
    work = partial(_worker, config, load_vocabulary, place)
    parts = [shards[i :: max(1, config.workers)] for i in range(max(1, config.workers))]
    if config.workers <= 1:
        counted = [work(shards)]
    else:
        with ProcessPoolExecutor(config.workers, mp_context=get_context("spawn")) as pool:
            counted = list(pool.map(work, parts))
    totals: dict[str, int] = {}
    for counts in counted:
        for name, count in counts.items():
            totals[name] = totals.get(name, 0) + count
    return totals


def read_rows(folder: Path) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """All rows of a folder: ids [N, L] and masks [N, L]. Raises ConfigError where there are none."""
    files = sorted(folder.glob("ids_*.npy"))
    if not files:
        raise ConfigError(f"{folder}: no training rows; run `solami data build --stage rows` with this folder as `out`")
    ids = np.concatenate([np.load(file) for file in files])
    return ids, np.concatenate([np.load(file.with_name(file.name.replace("ids", "mask"))) for file in files])


def _worker(
    config: RowsConfig,
    load_vocabulary: Callable[[], Vocabulary],
    place: Callable[[Placement], Codes],
    shards: list[int],
) -> dict[str, int]:
    totals: dict[str, int] = {"tokens": 0, "learned": 0}
    if not shards:
        return totals
    vocabulary, codes = load_vocabulary(), CodeStore(config.codes)
    material = _Material(config, vocabulary, codes)
    rows = max(1, SHARD_TOKENS // config.row_tokens)
    rows = min(rows, max(1, config.tokens // config.row_tokens))
    for shard in shards:
        sources = material.sources(vocabulary, codes, place, random.Random(f"{config.seed} {shard}"))
        packed = _pack(config, vocabulary, sources, rows)
        _save(config.out, shard, packed)
        totals["tokens"] += sum(len(row.ids) for row in packed)
        totals["learned"] += sum(sum(row.mask) for row in packed)
        for task, spent in sources.spent.items():
            totals[task] = totals.get(task, 0) + spent
        log.info("shard %d: %s", shard, sources.spent)
    return totals


def _save(out: Path, shard: int, rows: list[_Row]) -> None:
    np.save(out / f"ids_{shard:05d}.npy", np.array([row.ids for row in rows], np.int32))
    np.save(out / f"mask_{shard:05d}.npy", np.array([row.mask for row in rows], np.bool_))


def _pack(config: RowsConfig, vocabulary: Vocabulary, sources: _Sources, count: int) -> list[_Row]:
    """Rows filled with the task that lags furthest behind its share."""
    rows: list[_Row] = []
    bos, row = vocabulary.special("<bos>"), _Row([], [])
    total = sum(config.mix.values())
    sources.spent = {task: 0 for task, share in config.mix.items() if share > 0}
    fillers: list[Task] = [task for task in sources.spent if task != "script"] or list(sources.spent)

    every: list[Task] = list(sources.spent)

    def lagging(tasks: list[Task]) -> Task:
        return min(tasks, key=lambda task: sources.spent[task] / (config.mix[task] / total))

    pending: tuple[Task, Rendered] | None = None
    while len(rows) < count:
        if not row.ids:
            row = _Row([bos], [False])
        room = config.row_tokens - len(row.ids)
        if pending is not None and len(row.ids) == 1:
            (task, sample), pending = pending, None
        else:
            task = lagging(fillers if pending is not None else every)
            sample = _draw(vocabulary, sources, task, config.row_tokens - 1)
        if task == "script" and len(sample.ids) > room and len(row.ids) > 1:
            pending = (task, sample)
            continue
        sources.spent[task] += min(room, len(sample.ids))
        row.ids += sample.ids[:room]
        row.mask += sample.mask[:room]
        if len(row.ids) == config.row_tokens:
            rows.append(row)
            row = _Row([], [])
    return rows


def _draw(vocabulary: Vocabulary, sources: _Sources, task: Task, limit: int) -> Rendered:
    """The next usable sample of a task; a script too long for a row loses its last turns, never its head."""
    for turns in sources.streams[task]:
        if turns is None:
            continue
        sample = Rendered([], [])
        for turn in turns:
            rendered = render_turn(vocabulary, turn)
            if sample.ids and len(sample.ids) + len(rendered.ids) > limit:
                break
            sample = sample + rendered
        if any(sample.mask):
            return sample
    raise ConfigError(f"task {task}: no usable sample; leave it out of `mix` or build more data")


class _Material:
    """The lists that samples are drawn from, read once a worker."""

    def __init__(self, config: RowsConfig, vocabulary: Vocabulary, codes: CodeStore) -> None:
        self._config = config
        self._codes = codes
        self._scripts = [script for script in load_scripts() if script.split == "train"]
        self._personas = _persona_texts(config.personas)
        self._split = partial(split_line, count_tokens=lambda text: len(vocabulary.encode_text(text)))
        self._lines = [turn.speech for script in self._scripts for turn in script.turns if turn.role == "agent"]
        self._stage = train_stage(config.pack) if config.pack is not None and codes.motion else None
        self._usable: list[list[str]] = []
        self._talk: list[str] = []
        self._chats: list[tuple[str, ...]] = []
        if config.pack is not None and set(config.mix) & {"t2s", "speak", "chat"}:
            self._talk = dialogue_turns(config.pack, 0)[: config.max_dialogue_turns]
            self._chats = [d.turns for d in read_dialogues(config.pack) if d.split == "train"]

    def sources(
        self, vocabulary: Vocabulary, codes: CodeStore, place: Callable[[Placement], Codes], rng: random.Random
    ) -> _Sources:
        """Endless streams whose every choice comes from `rng`."""
        maker = TaskMaker(vocabulary, codes, self._stage, place, self._split, rng)
        clips = self._stage.all_clips() if self._stage is not None else []
        heard = [key for key in codes.speech if key[0] in ("user", "human")]
        streams: dict[Task, Iterator[list[Turn] | None]] = {
            "t2s": (maker.t2s(line) for line in self._spoken_lines(maker, rng)),
            "speak": (maker.speak(line) for line in self._spoken_lines(maker, rng)),
            "s2t": (maker.s2t(key, codes.texts.get(key[1], key[1])) for key in _endless(heard, rng)),
            "m2t": (maker.m2t(clip) for clip in _endless(clips, rng)),
            "t2m": (maker.t2m(clip) for clip in _endless(clips, rng)),
            "chat": (maker.chat(_stretch(chat, rng)) for chat in _endless(self._chats, rng)),
            "lines": (maker.lines(s, self._persona(s)) for s in _endless(self._scripts, rng)),
            "script": (maker.script(s, self._persona(s)) for s in _endless(self._scripts, rng)),
        }
        return _Sources(streams)

    def _spoken_lines(self, maker: TaskMaker, rng: random.Random) -> Iterator[str]:
        """Lines to be spoken, all with codes: scripts and dialogues in the configured shares."""
        if not self._usable:
            pools = [list(dict.fromkeys(lines)) for lines in (self._lines, self._talk)]
            self._usable = [[line for line in pool if maker.clauses(line)] for pool in pools]
            log.info("lines that can be spoken: %d of scripts, %d of dialogues", *map(len, self._usable))
        scripts, talks = (_endless(pool, rng) for pool in self._usable)
        while True:
            from_script = rng.random() < self._config.script_share or not self._usable[1]
            line = next(scripts if from_script else talks, None)
            if line is None:
                return
            yield line

    def _persona(self, script: Script) -> str:
        return self._personas.get(script.persona, GENERIC_PERSONA)


def _endless(items: list[T], rng: random.Random) -> Iterator[T]:
    """The items in a random order, again and again; nothing for an empty list."""
    ordered = list(items)
    rng.shuffle(ordered)
    return cycle(ordered)


def _stretch(lines: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
    """Four to eight neighbouring turns."""
    count = rng.choice((4, 6, 8))
    first = rng.randrange(max(1, len(lines) - count))
    return lines[first : first + count]


def _persona_texts(folder: Path) -> dict[str, str]:
    """Text of each persona by name; none where the folder is absent."""
    texts = {}
    for file in sorted(folder.glob("*.yaml")):
        persona = yaml.safe_load(file.read_text(encoding="utf-8"))
        texts[str(persona["name"])] = str(persona["text"])
    return texts
