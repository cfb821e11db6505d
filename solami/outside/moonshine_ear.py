"""An ear on this machine's CPU: Moonshine (https://arxiv.org/abs/2410.15608), through the package moonshine-voice.

Of a 3 s turn its smallest English model writes down the words in 60 ms on two cores.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from solami.audio.pieces import PauseCutter
from solami.audio.resample import resample
from solami.audio.vad import VAD_HZ, has_voice
from solami.errors import ConfigError
from solami.frames import AudioChunk, FloatArray
from solami.outside.config import MoonshineEarConfig
from solami.outside.ears import ThreadedEar
from solami.outside.ports import Bell

# Its own voice detection cuts lines at pauses and loses words there: word error of people 8 % with it, 5 % without. Our
# detector keeps it from quiet rooms, in which it hears "You".
_OPTIONS = {"vad_threshold": "0.0", "return_audio_data": "false"}


def moonshine_ear(config: MoonshineEarConfig, bell: Bell) -> ThreadedEar:
    """Raises ImportError without the package, ConfigError where there is no model."""
    from moonshine_voice import ModelArch, MoonshineError, Transcriber, get_model_path

    folder = config.folder or Path(get_model_path("tiny-en"))
    if not (folder / "tokenizer.bin").is_file() or not (folder / "encoder_model.ort").is_file():
        raise ConfigError(f"ear.folder: got {folder}, expected a folder with Moonshine's encoder_model.ort")
    try:
        transcriber: Any = Transcriber(str(folder), ModelArch.TINY, options=_OPTIONS)
    except MoonshineError as error:
        raise ConfigError(f"ear.folder: {folder} holds no tiny Moonshine model ({error})") from error

    def transcribe(audio: AudioChunk) -> str:
        samples = resample(audio.samples, audio.sample_rate, VAD_HZ)
        return words(samples) if has_voice(samples, VAD_HZ) else ""

    def words(samples: FloatArray) -> str:
        lines = transcriber.transcribe_without_streaming(samples.tolist(), VAD_HZ).lines
        return " ".join(line.text for line in lines)

    words(np.zeros(VAD_HZ, np.float32))  # the first call is slow
    return ThreadedEar(transcribe, config.timeout_s, bell, threads=1, cut=PauseCutter)
