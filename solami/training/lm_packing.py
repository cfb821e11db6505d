"""Packs samples into rows without padding. A sample begins with <bos>, which is where a model must forget what was.

A sample that does not fit waits for the next row while shorter ones fill this one; the row's last one is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from solami.errors import ConfigError
from solami.llm.template import Rendered
from solami.llm.training_forms import Order, TrainingTurn, render_training_turn
from solami.llm.vocabulary import Vocabulary

MAX_TRIES = 5000  # streams are endless even where none of their samples can be used


@dataclass(slots=True)
class Row:
    """Ids, and for each whether it is learned."""

    ids: list[int] = field(default_factory=list)
    mask: list[bool] = field(default_factory=list)

    def add(self, sample: Rendered, room: int) -> None:
        """Append as much of a sample as fits into `room`."""
        self.ids += sample.ids[:room]
        self.mask += sample.mask[:room]


class Packer:
    """Fills rows with whatever task lags furthest behind its share of tokens."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        streams: Mapping[str, Iterator[Sequence[TrainingTurn] | None]],
        mix: Mapping[str, float],
        row_tokens: int,
        order: Order = "beats",
    ) -> None:
        """Take endless samples of every task and the tasks' shares; those of share 0 are left out."""
        total = sum(mix.values())
        self._vocabulary, self._streams, self._row_tokens, self._order = vocabulary, streams, row_tokens, order
        self._shares = {task: share / total for task, share in mix.items() if share > 0}
        self.spent = dict.fromkeys(self._shares, 0)  # tokens of each task
        self._waiting: tuple[str, Rendered] | None = None

    def rows(self, count: int) -> list[Row]:
        """So many full rows."""
        return [self._row() for _ in range(count)]

    def _row(self) -> Row:
        row = Row()
        while (room := self._row_tokens - len(row.ids)) > 0:
            task, sample = self._next(is_first=not row.ids)
            if len(sample.ids) > room and self._waiting is None and row.ids:
                self._waiting = (task, sample)
                continue
            self.spent[task] += min(room, len(sample.ids))
            row.add(sample, room)
        return row

    def _next(self, *, is_first: bool) -> tuple[str, Rendered]:
        if is_first and self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            return waiting
        task = min(self._shares, key=lambda name: self.spent[name] / self._shares[name])
        return task, self._draw(task)

    def _draw(self, task: str) -> Rendered:
        """The next usable sample; one too long for a row loses its last turns, never its head."""
        for turns in islice(self._streams[task], MAX_TRIES):
            if turns is None:
                continue
            sample = render_sample(self._vocabulary, turns, self._row_tokens, self._order)
            if any(sample.mask):
                return sample
        raise ConfigError(f"task {task}: no usable sample; leave it out of `mix` or build more data")


def render_sample(
    vocabulary: Vocabulary, turns: Iterable[TrainingTurn], limit: int, order: Order = "beats"
) -> Rendered:
    """<bos> and as many whole turns as fit into `limit` ids, at least one."""
    sample = Rendered([vocabulary.special("<bos>")], [False])
    for turn in turns:
        rendered = render_training_turn(vocabulary, turn, order)
        if len(sample.ids) > 1 and len(sample.ids) + len(rendered.ids) > limit:
            break
        sample.ids.extend(rendered.ids)
        sample.mask.extend(rendered.mask)
    return sample


def to_arrays(rows: Iterable[Row]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Ids and masks [N, L]."""
    listed = list(rows)
    return np.array([row.ids for row in listed], np.int32), np.array([row.mask for row in listed], np.bool_)
