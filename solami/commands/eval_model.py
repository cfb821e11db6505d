"""The work behind `solami eval model`: typed prompts here, the parts of the whole beside them in processes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from solami.build import build_backend
from solami.config import ServeConfig, load_serve_config
from solami.evaluation.measures import Measure
from solami.evaluation.model import PARTS, Part, part_measures
from solami.evaluation.recognition import Recogniser
from solami.evaluation.replies import PERSONAS, PROMPTS, collect_replies, reply_measures
from solami.evaluation.subject import Sizes, Subject
from solami.pipeline.backend import PipelineBackend
from solami.stream_server.scripted import ScriptedBackend
from solami.workers import worker_pool

log = logging.getLogger(__name__)
EAR_S = 60.0


@dataclass(frozen=True, slots=True)
class ModelEvaluation:
    """What is measured, on what, how much of it."""

    config: str
    pack: Path | None
    seed: int
    share: float
    workers: int
    whole: bool = True


def evaluate_model(wanted: ModelEvaluation) -> tuple[list[Measure], dict[str, Any]]:
    """Every row, and what was said to each typed prompt."""
    backend = build_backend(_patient(wanted.config))
    replies = list(collect_replies(backend, PROMPTS, PERSONAS, wanted.seed))
    rows = reply_measures(replies, Recogniser(), wanted.pack)
    if wanted.whole and isinstance(backend, PipelineBackend):
        for found in _parts(wanted, backend):
            for row in found:
                log.info("%s", row)
            rows += found
    said = [{"prompt": prompt, "said": reply.said} for prompt, reply in zip(PROMPTS, replies, strict=True)]
    return rows, {"model": backend.model, "replies": said}


def _parts(wanted: ModelEvaluation, backend: PipelineBackend) -> Iterator[list[Measure]]:
    """Rows of every part; with one worker in this process."""
    if wanted.workers <= 1:
        yield from (_measured(wanted, backend, part) for part in PARTS)
        return
    with worker_pool(wanted.workers) as pool:
        yield from pool.map(partial(_alone, wanted), PARTS)


def _alone(wanted: ModelEvaluation, part: Part) -> list[Measure]:
    """A part in a process of its own, on one thread: two that share a core wait for each other."""
    import torch

    torch.set_num_threads(1)
    return _measured(wanted, build_backend(_patient(wanted.config)), part)


def _patient(config: str) -> ServeConfig:
    """The configuration, but for an ear that takes its time: what is measured is not the machine."""
    read = load_serve_config(config)
    return read if read.ear is None else load_serve_config(config, [f"ear.timeout_s={EAR_S}"])


def _measured(wanted: ModelEvaluation, backend: PipelineBackend | ScriptedBackend, part: Part) -> list[Measure]:
    assert isinstance(backend, PipelineBackend)
    prompts = {name: persona.text for name, (persona, _) in backend.cast.items()}
    voices = {name: voice for name, (_, voice) in backend.cast.items()}
    alone = PipelineBackend(backend.model, replace(backend.models, ear=None), backend.cast)
    subject = Subject(alone, backend, backend.models, prompts, voices, wanted.seed)
    return list(part_measures(part, subject, Recogniser(), wanted.pack, Sizes().scaled(wanted.share)))
