"""Fits the unit that tells whether the user has finished: on recorded lines, whole and broken off where they are quiet.

Rows come from the pipeline as a server runs it, with silence behind them, so that only what was said tells them apart.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field

from solami.body.procedural import idle
from solami.datasets.speech import HumanLine
from solami.errors import InputError
from solami.frames import FloatArray
from solami.llm.turn_ends import TurnEnds
from solami.pipeline.conversation import Conversation
from solami.strict import Strict

logger = logging.getLogger(__name__)
HZ = 16_000
_SMOOTH, _QUIET = HZ // 20, 1e-3  # of energy; against a clip's loudest


class TurnEndsConfig(Strict):
    """One fit."""

    data: Path = Field(description="the data pack, with speech/ in it")
    checkpoint: str = Field("default", description="whose LLM is read, and where the unit is written")
    pause_s: float = Field(0.192, gt=0, description="silence behind the words: what the server waits before it asks")
    breaks: int = Field(2, ge=1, description="places at which each line is broken off")
    max_s: float = Field(8.0, gt=1, description="longer lines are left out")
    lines: int = Field(900, ge=10, description="lines of the train split")
    test_lines: int = Field(150, ge=10, description="lines of speakers that were not fitted on")
    noise: float = Field(1e-3, ge=0, description="standard deviation of the silence")
    ridge: float = Field(0.1, ge=0)
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows [N, D] and whether each stands behind a finished line [N]."""

    rows: FloatArray
    finished: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def breaks_of(samples: FloatArray, count: int) -> list[int]:
    """Samples at which a line may be broken off, in order, the last where its voice ends: the quietest of each part."""
    energy = np.convolve(samples.astype(np.float64) ** 2, np.ones(_SMOOTH) / _SMOOTH, "same")
    end = int(np.nonzero(energy >= energy.max() * _QUIET)[0][-1]) + 1
    edges = np.linspace(0.2 * end, 0.85 * end, count + 1).astype(int)
    inner = [int(a + np.argmin(energy[a:b])) for a, b in pairwise(edges) if b > a]
    return [*inner, end]


def collect(conversation: Conversation, lines: Sequence[HumanLine], config: TurnEndsConfig) -> Rows:
    """The rows of these lines, every other one with a body that stands by."""
    random_noise = np.random.default_rng(config.seed)
    rows: list[FloatArray] = []
    finished: list[bool] = []
    for number, line in enumerate(lines):
        samples = line.load().samples
        stops = breaks_of(samples, config.breaks)
        rows += _rows(conversation, samples, stops, number % 2 == 1, random_noise, config)
        finished += [stop == stops[-1] for stop in stops]
        if number % 100 == 99:
            logger.info("%d of %d lines", number + 1, len(lines))
    return Rows(np.stack(rows), np.asarray(finished))


def _rows(
    conversation: Conversation,
    samples: FloatArray,
    stops: Sequence[int],
    body: bool,
    noise: np.random.Generator,
    config: TurnEndsConfig,
) -> Iterator[FloatArray]:
    """The row at each stop; the turn goes on behind it as if nobody had asked."""
    conversation.begin_turn(speech=True, body=body)
    begun = 0
    for stop in stops:
        conversation.push_audio(samples[begun:stop])
        if body:
            conversation.push_motion(idle((stop - begun) / HZ, 30.0))
        begun = stop
        quiet = noise.normal(0.0, config.noise, round(config.pause_s * HZ)).astype(np.float32)
        conversation.pause_turn(quiet)
        row = conversation.row
        conversation.reopen_turn()
        if row is None:
            raise InputError("the engine gives no rows; fit with engine.kind local")
        yield row
    conversation.drop_turn()


def fit(train: Rows, ridge: float, llm_sha256: str) -> TurnEnds:
    """Logistic regression with weight decay on standardised rows; finished and broken-off lines weigh the same."""
    mean, scale = train.rows.mean(0), train.rows.std(0) + 1e-6
    x, y = torch.tensor((train.rows - mean) / scale), torch.tensor(train.finished, dtype=torch.float32)
    share = float(y.mean())
    weights = torch.where(y > 0, 0.5 / share, 0.5 / (1 - share))
    w, b = torch.zeros(x.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([w, b], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> float:
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(x @ w + b, y, weights) + ridge / 2 * (w**2).sum()
        loss.backward()
        return loss.item()

    optimizer.step(closure)
    weight = (w.detach().numpy() / scale).astype(np.float32)
    return TurnEnds(weight, b.item() - float(weight @ mean), llm_sha256)


def scores(unit: TurnEnds, test: Rows) -> dict[str, float]:
    """Area under the ROC curve; for each threshold the share of ends caught and of broken-off lines taken for ends."""
    found = np.asarray([unit.probability(row) for row in test.rows])
    ends, others = found[test.finished], found[~test.finished]
    result = {"auc": float(np.mean(ends[:, None] > others[None])), "ends": len(ends), "others": len(others)}
    for sure in (0.6, 0.8, 0.9):
        result[f"caught_at_{sure}"] = float(np.mean(ends >= sure))
        result[f"wrong_at_{sure}"] = float(np.mean(others >= sure))
    return {name: round(value, 4) for name, value in result.items()}


def choose_lines(lines: Sequence[HumanLine], config: TurnEndsConfig) -> tuple[list[HumanLine], list[HumanLine]]:
    """Lines to fit on, and of other speakers to test on."""
    usable = [line for line in lines if 2.0 <= line.seconds <= config.max_s]
    random.Random(config.seed).shuffle(usable)
    train = [line for line in usable if line.split == "train"][: config.lines]
    return train, [line for line in usable if line.split != "train"][: config.test_lines]
