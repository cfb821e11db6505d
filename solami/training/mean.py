"""The mean of several networks that one run came through: often better than any of them.

Model soups: https://arxiv.org/abs/2203.05482. It holds for weights of one ancestry; others have nothing in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.speech import load_net, save_net
from solami.training.lm_model import load_model, save_model


def write_llm_mean(folders: Sequence[Path], out: Path, part: str = "") -> None:
    """Write the mean of the weights whose names begin with `part` as a Hugging Face folder; others are the first's.

    Raises:
        ConfigError: fewer than two folders, LLMs of other vocabularies or shapes, or no such part.
    """
    _several(folders)
    vocabulary = Vocabulary.load(folders[0])
    model, *others = (load_model(folder, vocabulary) for folder in folders)
    states = [model.state_dict(), *(other.state_dict() for other in others)]
    save_model(model, vocabulary, out, _mean(folders, states, part))


def write_speech_mean(folders: Sequence[Path], out: Path, part: str = "") -> None:
    """The same of speech tokenizers whose codes mean the same (`training.learns` was not `all` between them).

    The mean of the part `encoder` has the first's decoder, to which an LLM's codes sound as they did.

    Raises:
        ConfigError: fewer than two folders, tokenizers of other shapes or codebooks, or no such part.
    """
    _several(folders)
    net, *others = (load_net(folder) for folder in folders)
    book = net.quantizer.state_dict()
    if any(not torch.equal(book[name], value) for o in others for name, value in o.quantizer.state_dict().items()):
        raise ConfigError(f"mean: {_named(folders)} have other codebooks; name runs that kept one's entries")
    net.load_state_dict(_mean(folders, [net.state_dict(), *(other.state_dict() for other in others)], part))
    save_net(net, out)


def _several(folders: Sequence[Path]) -> None:
    if len(folders) < 2:
        raise ConfigError(f"mean: got {len(folders)} folder, expected two or more")


def _mean(folders: Sequence[Path], states: Sequence[dict[str, Tensor]], part: str) -> dict[str, Tensor]:
    shapes = [{name: value.shape for name, value in state.items()} for state in states]
    if any(shape != shapes[0] for shape in shapes):
        raise ConfigError(f"mean: {_named(folders)} differ in their weights' shapes; name runs of one network")
    chosen = [name for name in states[0] if name.startswith(part)]
    if not chosen:
        known = ", ".join(sorted({name.split(".")[0] for name in states[0]}))
        raise ConfigError(f"mean: got the part {part!r}, expected the beginning of a weight's name ({known})")
    return states[0] | {name: torch.stack([state[name].float() for state in states]).mean(0) for name in chosen}


def _named(folders: Sequence[Path]) -> str:
    return ", ".join(map(str, folders))
