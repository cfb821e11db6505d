"""Fills the store of codes, once a tokenizer: spoken lines, human lines and staged motion.

One file a shard; a shard that exists is not made again, so a stopped run goes on.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from solami.datasets.speech import load_human_lines
from solami.datasets.spoken import SpokenStore, whole_beats
from solami.datasets.staging import Stage
from solami.datasets.tts import SAMPLE_RATE
from solami.errors import InputError
from solami.frames import FloatArray
from solami.tokenizers.base import MotionTokenizer, SpeechTokenizer
from solami.tokenizers.three_points import ThreePointModel
from solami.training.lm_runs import LEAD_CODES, code_steps, make_run, staged_keys
from solami.workers import worker_pool

log = logging.getLogger(__name__)
MOTION_SHARD, HUMAN_SHARD = 64, 200
SILENCE_LEVEL = 3e-4  # -70 dBFS


def encode_speech(lines: Path, out: Path, load: Callable[[], SpeechTokenizer], pack: Path | None, workers: int) -> None:
    """Codes of every whole shard of the store of spoken lines, and of the pack's human train lines."""
    out.mkdir(parents=True, exist_ok=True)
    store = SpokenStore(lines)
    shards = sorted(
        {Path(store.line(role, text).shard).stem for role in ("agent", "user") for text in store.texts(role)}
    )
    human = 0
    if pack is not None:
        human = sum(line.split == "train" for line in load_human_lines(pack))
    jobs = ["speech_silence", *(f"speech_{stem}" for stem in shards)]
    jobs += [f"speech_human{i:05d}" for i in range(-(-human // HUMAN_SHARD))]
    _in_parallel(
        partial(_speech_worker, lines, out, load, pack), [j for j in jobs if not (out / f"{j}.npz").exists()], workers
    )


def encode_motion(
    out: Path,
    load: Callable[[], MotionTokenizer],
    load_stage: Callable[[], Stage],
    workers: int,
    load_solver: Callable[[], ThreePointModel] | None = None,
) -> None:
    """Codes of every run that the stage may choose; with `load_solver` of some also as three points show them."""
    out.mkdir(parents=True, exist_ok=True)
    keys = staged_keys(load_stage(), has_trackers=load_solver is not None)
    jobs = [f"motion_{i:05d}" for i in range(-(-len(keys) // MOTION_SHARD))]
    work = partial(_motion_worker, out, load, load_stage, load_solver)
    _in_parallel(work, [job for job in jobs if not (out / f"{job}.npz").exists()], workers)


def _in_parallel(work: Callable[[list[str]], int], jobs: list[str], workers: int) -> None:
    """Deal the jobs to `workers` processes; with one worker stay in this process."""
    if not jobs:
        return
    if workers <= 1:
        work(jobs)
        return
    parts = [jobs[i::workers] for i in range(workers)]
    with worker_pool(workers) as pool:
        log.info("encoded %d shards", sum(pool.map(work, parts)))


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _speech_worker(
    lines: Path, out: Path, load: Callable[[], SpeechTokenizer], pack: Path | None, jobs: list[str]
) -> int:
    _one_thread()
    tokenizer, store = load(), SpokenStore(lines)
    if tokenizer.sample_rate != SAMPLE_RATE:
        raise InputError(
            f"speech tokenizer: got {tokenizer.sample_rate} Hz, expected {SAMPLE_RATE} Hz for training data"
        )
    for job in jobs:
        items = _items(store, pack, job)
        codes = [tokenizer.encode(samples).values for _, samples in items]
        _save(
            out / f"{job}.npz",
            keys=np.array(json.dumps([key for key, _ in items])),
            counts=np.array([c.shape[1] for c in codes], np.int32),
            values=np.concatenate(codes, axis=1).astype(np.uint16),
        )
        log.info("%s: %d lines", job, len(items))
    return len(jobs)


def _items(store: SpokenStore, pack: Path | None, job: str) -> list[tuple[list[str], FloatArray]]:
    """Keys and samples of one shard."""
    if job == "speech_silence":
        noise = np.random.default_rng(0).standard_normal(8 * SAMPLE_RATE) * SILENCE_LEVEL
        return [(["silence", ""], noise.astype(np.float32))]
    return _human_items(pack, job) if "human" in job and pack is not None else _spoken_items(store, job)


def _spoken_items(store: SpokenStore, job: str) -> list[tuple[list[str], FloatArray]]:
    """Lines of one shard, whole beats each; user lines with up to 0.3 s of silence before them."""
    items: list[tuple[list[str], FloatArray]] = []
    for role, text, samples in store.read_shard(job.removeprefix("speech_")):
        if role == "user":
            rng = np.random.default_rng(len(text))
            silence = rng.standard_normal(int(rng.uniform(0, 0.3) * SAMPLE_RATE)).astype(np.float32) * np.float32(
                SILENCE_LEVEL
            )
            samples = np.concatenate([silence, samples])
        items.append(([role, text], whole_beats(samples)))
    return items


def _human_items(pack: Path, job: str) -> list[tuple[list[str], FloatArray]]:
    first = int(job.removeprefix("speech_human")) * HUMAN_SHARD
    lines = [line for line in load_human_lines(pack) if line.split == "train"][first : first + HUMAN_SHARD]
    return [(["human", line.id, line.text], whole_beats(line.load().samples)) for line in lines if line.seconds <= 9]


def _motion_worker(
    out: Path,
    load: Callable[[], MotionTokenizer],
    load_stage: Callable[[], Stage],
    load_solver: Callable[[], ThreePointModel] | None,
    jobs: list[str],
) -> int:
    _one_thread()
    tokenizer, stage = load(), load_stage()
    keys = staged_keys(stage, has_trackers=load_solver is not None)
    solver = load_solver() if load_solver is not None else None
    for job in jobs:
        first = int(job.removeprefix("motion_")) * MOTION_SHARD
        shard = keys[first : first + MOTION_SHARD]
        runs = [make_run(stage, solver, key) for key in shard]
        codes = tokenizer.encode_many(runs)
        paths = [code_steps(run, c.body.values.shape[1] - LEAD_CODES) for run, c in zip(runs, codes, strict=True)]
        _save(
            out / f"{job}.npz",
            keys=np.array(json.dumps(shard)),
            counts=np.array([c.body.values.shape[1] - LEAD_CODES for c in codes], np.int32),
            body=np.concatenate([c.body.values[:, LEAD_CODES:] for c in codes], axis=1).astype(np.uint16),
            hands=np.concatenate([c.hands.values[:, LEAD_CODES:] for c in codes], axis=1).astype(np.uint16),
            paths=np.concatenate(paths),
        )
        log.info("%s: %d runs", job, len(shard))
    return len(jobs)


def _save(path: Path, **arrays: NDArray[np.generic]) -> None:
    """Write beside the target, then move: a shard is whole or absent."""
    part = path.with_name(f"part_{path.name}")
    np.savez(part, allow_pickle=False, **arrays)
    part.replace(path)
