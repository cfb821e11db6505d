"""Voices on disk: one safetensors file of speaker embeddings by name, each with the licence of its reference.

The embeddings fit the speech tokenizer they were made with and no other.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from solami.audio.vad import VAD_HZ
from solami.audio.voice_check import VoiceReport, check_voice
from solami.audio.wav import read_audio
from solami.errors import ConfigError, InputError
from solami.tokenizers.base import SpeechTokenizer, Voice

log = logging.getLogger(__name__)


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


def check_reference(path: Path) -> VoiceReport:
    """Judge a recording of a voice. Raises InputError for a file that is no audio."""
    return check_voice(read_audio(path, VAD_HZ))


def embed_reference(tokenizer: SpeechTokenizer, name: str, path: Path, licence: str) -> Voice:
    """The voice of a recording. What `check_reference` finds wrong is logged.

    Raises:
        ConfigError: the file cannot be read, or holds too little speech to embed.
    """
    try:
        for fault in check_reference(path).faults:
            log.warning("voice %s: %s: %s", name, path, fault)
        voice = tokenizer.embed_voice(name, read_audio(path, tokenizer.sample_rate))
    except InputError as error:
        raise ConfigError(f"voice {name}: {error}") from error
    return Voice(name, voice.embedding, licence)
