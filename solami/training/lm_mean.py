"""The mean of several LLMs that one run came through: often better than the last of them.

Model soups: https://arxiv.org/abs/2203.05482. It holds for weights of one ancestry; others have nothing in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_model import load_model, save_model


def write_mean(folders: Sequence[Path], out: Path) -> None:
    """Write the mean of all weights as a Hugging Face folder.

    Raises:
        ConfigError: fewer than two folders, or LLMs of other vocabularies or shapes.
    """
    if len(folders) < 2:
        raise ConfigError(f"mean: got {len(folders)} folder, expected two or more")
    vocabulary = Vocabulary.load(folders[0])
    model, *others = (load_model(folder, vocabulary) for folder in folders)
    states = [model.state_dict(), *(other.state_dict() for other in others)]
    shapes = [{name: value.shape for name, value in state.items()} for state in states]
    if any(shape != shapes[0] for shape in shapes):
        raise ConfigError(f"mean: {', '.join(map(str, folders))} differ in their weights' shapes; name runs of one LLM")
    mean = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    save_model(model, vocabulary, out, mean)
