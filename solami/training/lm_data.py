"""Packed training rows for the LLM: turns of every task, rendered by the one template, back to back without padding.

Rows are .npy shards of ids and loss masks; samples begin with <bos>. The same config makes the same bytes.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from solami.errors import ConfigError
from solami.frames import Codes, Placement
from solami.llm.training_forms import Order
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_codes import CodeStore
from solami.training.lm_material import Material
from solami.training.lm_packing import Packer, to_arrays
from solami.training.lm_sources import Shares, Sources
from solami.training.lm_users import Drop
from solami.workers import worker_pool

log = logging.getLogger(__name__)
Task = Literal["t2s", "speak", "s2t", "s2s", "m2t", "t2m", "m2m", "chat", "lines", "script"]
SHARD_TOKENS = 2**19


class RowsConfig(Sources):
    """Which rows to make of what."""

    out: Path
    row_tokens: int = 512
    tokens: int = 8_000_000
    mix: dict[Task, float]  # shares of tokens
    shares: Shares = Shares()
    drop: Drop = Drop()
    order: Order = "beats"  # paper: all motion of a turn, then all speech, and no text
    workers: int = 2
    seed: int = 0


def build_rows(
    config: RowsConfig, load_vocabulary: Callable[[], Vocabulary], place: Callable[[Placement], Codes]
) -> dict[str, int]:
    """Write the missing shards; returns learned and all tokens, and all tokens of each task. Deterministic by seed."""
    if min(config.mix.values(), default=0) < 0 or not sum(config.mix.values()):
        raise ConfigError(f"mix: got {config.mix}, expected shares of at least 0 that are not all 0")
    config.out.mkdir(parents=True, exist_ok=True)
    shards = [
        i for i in range(max(1, config.tokens // SHARD_TOKENS)) if not (config.out / f"mask_{i:05d}.npy").exists()
    ]
    work = partial(_worker, config, load_vocabulary, place)
    if config.workers <= 1:
        return dict(work(shards))
    parts = [shards[i :: config.workers] for i in range(config.workers)]
    with worker_pool(config.workers) as pool:
        totals: Counter[str] = Counter(tokens=0, learned=0)
        for counts in pool.map(work, parts):
            totals.update(counts)
        return dict(totals)


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
) -> Counter[str]:
    totals: Counter[str] = Counter(tokens=0, learned=0)
    if not shards:
        return totals
    vocabulary, codes = load_vocabulary(), CodeStore(config.codes)
    material = Material(vocabulary, codes, config)
    mix = {str(task): share for task, share in config.mix.items()}
    count = max(1, min(SHARD_TOKENS, config.tokens) // config.row_tokens)
    for shard in shards:
        streams = material.streams(place, config.shares, config.drop, random.Random(f"{config.seed} {shard}"))
        packer = Packer(vocabulary, streams, mix, config.row_tokens, config.order)
        ids, mask = to_arrays(packer.rows(count))
        np.save(config.out / f"ids_{shard:05d}.npy", ids)
        np.save(config.out / f"mask_{shard:05d}.npy", mask)
        totals.update(tokens=ids.size, learned=int(mask.sum()), **packer.spent)
        log.info("shard %d: %s", shard, packer.spent)
    return totals
