"""Batches of packed rows, and what keeps their samples apart: no position sees or counts what is before its <bos>."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_config import LmTrainingConfig
from solami.training.lm_data import read_rows


class PackedRows(Dataset[dict[str, Tensor]]):
    """Rows as the Trainer wants them."""

    def __init__(self, ids: NDArray[np.int32], mask: NDArray[np.bool_]) -> None:
        """Take ids and masks [N, L]."""
        self._ids, self._mask = ids, mask

    @property
    def row_tokens(self) -> int:
        """Tokens of a row."""
        return int(self._ids.shape[1])

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        return {"ids": torch.from_numpy(self._ids[index].astype(np.int64)), "mask": torch.from_numpy(self._mask[index])}


@dataclass(frozen=True, slots=True)
class Separation:
    """What a causal LM needs so that every sample of a row is alone."""

    positions: Tensor  # [B, L] counted from the sample's <bos>
    visible: Tensor  # [B, 1, L, L] whether a position (third) sees one (fourth)


def separate(ids: Tensor, bos: int) -> Separation:
    """Positions and visibility for ids [B, L]; what stands before a row's first <bos> is a sample of its own."""
    index = torch.arange(ids.shape[1], device=ids.device)
    starts = torch.where(ids == bos, index, 0).cummax(dim=1).values
    same = starts[:, :, None] == starts[:, None, :]
    causal = index[:, None] >= index[None, :]
    return Separation(index - starts, (same & causal)[:, None])


def load_rows(config: LmTrainingConfig, vocabulary: Vocabulary) -> tuple[PackedRows, PackedRows]:
    """Rows to train on and rows held back. Raises ConfigError for rows that are none or of another vocabulary."""
    parts = [read_rows(folder) for folder in config.rows]
    if len({ids.shape[1] for ids, _ in parts}) != 1:
        raise ConfigError(f"rows: got lengths {[ids.shape[1] for ids, _ in parts]}, expected folders of one length")
    ids, mask = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    if ids.max() >= vocabulary.size:
        raise ConfigError(f"rows: id {ids.max()} is beyond the vocabulary's {vocabulary.size}; build them again")
    if len(ids) < 2:
        raise ConfigError(f"rows: got {len(ids)} row, expected some to train on and some to hold back; build more")
    count = min(config.val_rows, max(1, len(ids) // 10))
    order = np.random.default_rng(config.seed).permutation(len(ids))
    val, train = order[:count], order[count:]
    return PackedRows(ids[train], mask[train].astype(np.bool_)), PackedRows(ids[val], mask[val].astype(np.bool_))
