"""A tiny causal recurrent network over body and hands codes: one code frame -> the next. Knows no tokenizer.

Codebooks of one frame are drawn one after the other, each knowing those before it, as in the RQ-Transformer
(https://arxiv.org/abs/2203.01941). Tables serve both to read and to score codes.
"""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor, nn

from solami.strict import Strict

CONDITIONS = ("idle", "listening", "nod")


class IdleNetConfig(Strict):
    """The network's size."""

    codebook_sizes: tuple[int, ...] = Field(description="entries of every codebook of a frame, body first")
    body_books: int = Field(gt=0, description="how many of them are the body's")
    table_width: int = Field(24, gt=0)
    state_width: int = Field(72, gt=0)
    dropout: float = Field(0.2, ge=0, lt=1, description="of read codes, in training")


class IdleNet(nn.Module):
    """Codes and what is going on -> scores of the next codes."""

    def __init__(self, config: IdleNetConfig) -> None:
        super().__init__()
        width, books = config.table_width, len(config.codebook_sizes)
        self.tables = nn.ModuleList(nn.Embedding(size, width) for size in config.codebook_sizes)
        self.bias = nn.ParameterList(nn.Parameter(torch.zeros(size)) for size in config.codebook_sizes)
        self.start = nn.Parameter(torch.zeros(books * width))
        self.condition = nn.Embedding(len(CONDITIONS), 8)
        self.carry = nn.GRU(books * width + 8, config.state_width, batch_first=True)
        self.ask = nn.ModuleList(nn.Linear(config.state_width + k * width, width) for k in range(books))
        self.drop = nn.Dropout(config.dropout)

    def read(self, codes: Tensor) -> Tensor:
        """Codes [B, T, K] -> vectors [B, T, K * width]."""
        return torch.cat([table(codes[..., k]) for k, table in enumerate(self.tables)], dim=-1)

    def advance(self, vectors: Tensor, condition: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        """What the frames before were, vectors [B, T, K * width], and conditions [B, T] -> context [B, T, S]."""
        return self.carry(torch.cat([self.drop(vectors), self.condition(condition)], dim=-1), state)

    def scores(self, context: Tensor, before: Tensor, book: int) -> Tensor:
        """Scores [B, T, size] of one codebook; `before` [B, T, book * width]: vectors of the books before it."""
        asked = self.ask[book](torch.cat([context, before], dim=-1))
        return asked @ self.tables[book].weight.T + self.bias[book]

    def forward(self, codes: Tensor, condition: Tensor, first: Tensor) -> list[Tensor]:
        """Scores of codes [B, T, K], each frame from those before it; `first` [B, K * width] comes before them."""
        vectors = self.read(codes)
        context, _ = self.advance(torch.cat([first[:, None], vectors[:, :-1]], dim=1), condition, None)
        width = vectors.shape[-1] // len(self.tables)
        return [self.scores(context, vectors[..., : k * width], k) for k in range(len(self.tables))]
