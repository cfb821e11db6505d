"""Safetensors files, one or many, by tensor name. Nothing is unpickled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from solami.errors import ConfigError

INDEX, SINGLE = "model.safetensors.index.json", "model.safetensors"


class StoredTensors:
    """Tensors are read when they are taken, so that a large model is in memory once."""

    def __init__(self, files: Sequence[Path], device: str, dtype: torch.dtype) -> None:
        """Open the files. Raises ConfigError for one that is missing or broken."""
        self._folder, self._device, self._dtype = files[0].parent, device, dtype
        opened = [_open(path, device) for path in files]
        self._homes = {name: file for file in opened for name in file.keys()}  # noqa: SIM118 - not a dict

    @property
    def names(self) -> set[str]:
        """All there is."""
        return set(self._homes)

    def has(self, name: str) -> bool:
        """Whether there is such a tensor."""
        return name in self._homes

    def take(self, name: str, *shape: int) -> Tensor:
        """In float32, for folding. Raises ConfigError if it is missing or of another shape."""
        if name not in self._homes:
            raise ConfigError(f"{self._folder}: tensor {name} is missing from the safetensors files")
        tensor: Tensor = self._homes[name].get_tensor(name)
        if tuple(tensor.shape) != shape:
            raise ConfigError(
                f"{self._folder}: tensor {name} is {list(tensor.shape)}, expected {list(shape)} by config.json"
            )
        return tensor.float()

    def keep(self, value: Tensor) -> Tensor:
        """As the decoder computes it."""
        return value.to(device=self._device, dtype=self._dtype).contiguous()


def model_files(folder: Path) -> list[Path]:
    """The shards of a folder's index, or else the one file there is. Raises ConfigError that names what is missing."""
    index = folder / INDEX
    if not index.is_file():
        files = [folder / SINGLE] if (folder / SINGLE).is_file() else sorted(folder.glob("*.safetensors"))
        if not files:
            raise ConfigError(
                f"{folder}: no .safetensors file; other formats are not loaded, save the model with safetensors"
            )
        return files
    names = _shard_names(index)
    missing = [name for name in names if Path(name).name != name or not (folder / name).is_file()]
    if missing:
        raise ConfigError(f"{folder}: {INDEX} names {', '.join(missing)}, which is not there; copy all shards")
    return [folder / name for name in names]


def _shard_names(index: Path) -> list[str]:
    try:
        homes = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ConfigError(f"{index} is not an index of safetensors shards: {error!r}") from None
    if not homes or not all(isinstance(name, str) and "\0" not in name for name in homes):
        raise ConfigError(f"{index} is not an index of safetensors shards: it names no files")
    return sorted(set(homes))


def _open(path: Path, device: str) -> safe_open:
    try:
        return safe_open(path, framework="pt", device=device)
    except (SafetensorError, OSError) as error:
        raise ConfigError(f"{path} is not a whole safetensors file: {error}; copy or save it again") from None
