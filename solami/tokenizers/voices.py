"""Voices on disk: one safetensors file of speaker embeddings by name, each with the licence of its reference.

The embeddings fit the speech tokenizer they were made with and no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from solami.errors import ConfigError
from solami.tokenizers.base import Voice


def save_voices(voices: Iterable[Voice], path: Path) -> None:
    """Write every voice [D], its licence beside it."""
    by_name = {voice.name: voice for voice in voices}
    path.parent.mkdir(parents=True, exist_ok=True)
    licences = json.dumps({name: voice.licence for name, voice in by_name.items()})
    save_file({name: voice.embedding for name, voice in by_name.items()}, path, metadata={"licences": licences})


def load_voices(path: Path) -> dict[str, Voice]:
    """Read what `save_voices` wrote. Raises ConfigError when the file or an embedding cannot be used."""
    try:
        with safe_open(path, framework="numpy") as file:
            licences = json.loads((file.metadata() or {}).get("licences", "{}"))
            tensors = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise ConfigError(f"voices {path}: cannot be read ({error}); mend the checkpoint or name another") from error
    for name, value in tensors.items():
        if value.ndim != 1 or not np.isfinite(value).all() or not value.any():
            raise ConfigError(f"voices {path}: {name}: got {list(value.shape)}, expected finite [D], not all zero")
    return {name: Voice(name, value, licences.get(name, "")) for name, value in tensors.items()}
