"""SynMSI-open as a data set: validated talks of every split, staged and spoken, in Parquet shards with a datasheet.

The same config makes the same bytes; a shard that lies there is not made again, so a stopped run goes on. Training
packs its rows from the same codes (`lm_data`), with other draws of who is seen and heard.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import as_completed
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from solami.datasets.clauses import split_line
from solami.datasets.progress import progress
from solami.datasets.scripts import Script
from solami.datasets.staging import Stage
from solami.datasets.validation import Fault, usable_scripts
from solami.errors import ConfigError
from solami.frames import Codes, Placement
from solami.llm.vocabulary import Vocabulary
from solami.strict import Strict
from solami.training.lm_codes import CodeStore
from solami.training.lm_runs import train_stage
from solami.training.lm_talks import TalkMaker
from solami.training.lm_turns import TurnMaker
from solami.training.lm_users import Drop, UserModes
from solami.training.talk_rows import SCHEMA, talk_row
from solami.training.talk_sheet import datasheet
from solami.workers import worker_pool

log = logging.getLogger(__name__)
REPORT, SHEET, SHARDS = "report.json", "DATASHEET.md", "talks-*.parquet"
WHOLE = Drop(
    user=UserModes(typed=0.01, typed_body=0.02, speech=0.02, speech_body=0.9, body=0.9),
    three_points=0.0,
    agent_body=1.0,
    sub_dialogue=0.0,
    emotion=1.0,
)


class TalksConfig(Strict):
    """Which talks, from what, and where they go."""

    out: Path
    codes: Path
    pack: Path | None = None
    takes: int | None = None
    scripts: tuple[Path, ...] = ()
    talks_a_shard: int = 64
    workers: int = 1
    seed: int = 0


Load = Callable[[], Vocabulary]
Jobs = list[tuple[int, list[Script]]]  # number of a shard and its talks
Place = Callable[[Placement], Codes]


def build_talks(config: TalksConfig, load_vocabulary: Load, place: Place) -> dict[str, Any]:
    """Write the missing shards, the report and the datasheet; returns the report.

    Raises:
        ConfigError: the folder holds the shards of another config or of other codes.
    """
    config.out.mkdir(parents=True, exist_ok=True)
    stage = train_stage(config.pack, config.takes)
    checked = usable_scripts(stage, config.scripts)
    print_of = _fingerprint(config, checked.kept)
    _refuse_another(config.out / REPORT, print_of)
    report: dict[str, Any] = {"fingerprint": print_of, "complete": False}
    _write(config.out / REPORT, report)
    shards = [checked.kept[i : i + config.talks_a_shard] for i in range(0, len(checked.kept), config.talks_a_shard)]
    jobs = [(i, shard) for i, shard in enumerate(shards) if not _shard(config.out, i).exists()]
    work = partial(_worker, config, load_vocabulary, place)
    parts = [jobs[i :: config.workers] for i in range(config.workers)]
    for count in progress(_done(work, parts, config.workers), "writing talks", len(jobs)):
        log.info("shard of %d talks", count)
    faults = [*checked.dropped, *_without_codes(config.out, checked.kept)]
    report |= {"complete": True, **describe(config.out), "dropped": [_fault(fault) for fault in faults]}
    _write(config.out / REPORT, report)
    (config.out / SHEET).write_text(datasheet(report), encoding="utf-8")
    return report


def read_talks(folder: Path, columns: list[str] | None = None) -> pa.Table:
    """All talks of a folder. Raises ConfigError where there are none."""
    files = sorted(folder.glob(SHARDS))
    if not files:
        raise ConfigError(f"{folder}: no talks; run `solami data build --stage talks` with this folder as `talks`")
    return pa.concat_tables([pq.read_table(file, columns=columns) for file in files])


def describe(folder: Path) -> dict[str, Any]:
    """Counts and lengths of a folder's talks."""
    table = read_talks(folder, ["persona", "kind", "split", "licence", "seconds", "turns"])
    turns = [turn for talk in table["turns"].to_pylist() for turn in talk]
    shares = {
        f"{role}_with_{what}": round(sum(t[f"has_{what}"] for t in turns if t["role"] == role) * 2 / len(turns), 3)
        for role in ("user", "agent")
        for what in ("speech", "body")
    }
    counts = {name: _counts(table[name].to_pylist()) for name in ("split", "persona", "kind", "licence")}
    hours = round(float(sum(table["seconds"].to_pylist())) / 3600, 3)
    return {"talks": table.num_rows, "turns": len(turns), "hours": hours, **counts, "shares": shares}


def _worker(
    config: TalksConfig, load_vocabulary: Load, place: Place, jobs: list[tuple[int, list[Script]]]
) -> list[int]:
    vocabulary, codes = load_vocabulary(), CodeStore(config.codes)
    stage = train_stage(config.pack, config.takes) if codes.motion else None
    written = []
    for index, scripts in jobs:
        rows = list(_talks(scripts, config.seed, vocabulary, codes, stage, place))
        written.append(len(rows))
        if rows:  # some readers refuse an empty shard
            part = config.out / f"part_{index:05d}"
            pq.write_table(pa.Table.from_pylist(rows, SCHEMA), part, compression="zstd")
            part.replace(_shard(config.out, index))
    return written


def _talks(
    scripts: Iterable[Script], seed: int, vocabulary: Vocabulary, codes: CodeStore, stage: Stage | None, place: Place
) -> Iterator[dict[str, Any]]:
    split = partial(split_line, count_tokens=lambda text: len(vocabulary.encode_text(text)))
    for script in scripts:
        rng = random.Random(f"{seed} {script.id}")
        turns = TalkMaker(TurnMaker(vocabulary, codes, stage, place, split, rng), WHOLE).script(script, "")
        if turns is not None:
            yield talk_row(script, turns)


def _done(work: Callable[[Jobs], list[int]], parts: list[Jobs], workers: int) -> Iterator[int]:
    """Talks of every shard as it is done; with one worker stay in this process."""
    if workers <= 1:
        for job in parts[0]:
            yield from work([job])
        return
    with worker_pool(workers) as pool:
        for future in as_completed([pool.submit(work, part) for part in parts if part]):
            yield from future.result()


def _without_codes(folder: Path, kept: list[Script]) -> list[Fault]:
    there = set(read_talks(folder, ["id"])["id"].to_pylist())
    return [
        Fault(s.id, "codes", "a clause has no codes of speech, or is too long for its turn")
        for s in kept
        if s.id not in there
    ]


def _refuse_another(report: Path, fingerprint: str) -> None:
    if not report.is_file():
        return
    found = json.loads(report.read_text(encoding="utf-8")).get("fingerprint")
    if found != fingerprint:
        raise ConfigError(f"{report.parent}: holds talks of another config or other codes; name another folder")


def _fingerprint(config: TalksConfig, scripts: list[Script]) -> str:
    """Of everything that the bytes depend on."""
    told = config.model_dump(mode="json", include={"seed", "takes", "talks_a_shard"})
    files = [(file.name, file.stat().st_size) for file in sorted(config.codes.glob("*.npz"))]
    return hashlib.sha256(json.dumps([told, files, [s.as_row() for s in scripts]]).encode()).hexdigest()[:16]


def _shard(folder: Path, index: int) -> Path:
    return folder / f"talks-{index:05d}.parquet"


def _write(path: Path, report: dict[str, Any]) -> None:
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _fault(fault: Fault) -> dict[str, str]:
    return {"script": fault.script, "reason": fault.reason, "detail": fault.detail}


def _counts(names: Iterable[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for name in names:
        counted[name] = counted.get(name, 0) + 1
    return dict(sorted(counted.items()))
