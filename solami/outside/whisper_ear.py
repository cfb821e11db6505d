"""Whisper (https://arxiv.org/abs/2212.04356) in this process, through transformers."""

from __future__ import annotations

from solami.audio.resample import resample
from solami.errors import ConfigError
from solami.frames import AudioChunk
from solami.outside.config import WhisperEarConfig
from solami.outside.ears import ThreadedEar
from solami.outside.ports import Bell

WHISPER_HZ = 16_000


def whisper_ear(config: WhisperEarConfig, bell: Bell) -> ThreadedEar:
    """Whisper from a folder. Raises ConfigError when it cannot be loaded."""
    import torch
    from transformers import WhisperForConditionalGeneration, WhisperProcessor

    if not config.folder.is_dir():
        raise ConfigError(f"ear.folder: got {config.folder}, expected a folder with a Whisper model")
    try:
        processor = WhisperProcessor.from_pretrained(config.folder, local_files_only=True)
        model = WhisperForConditionalGeneration.from_pretrained(config.folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise ConfigError(f"ear.folder: {config.folder} holds no Whisper model ({error})") from error
    model = model.to(config.device).eval()

    def transcribe(audio: AudioChunk) -> str:
        samples = resample(audio.samples, audio.sample_rate, WHISPER_HZ)
        features = processor(samples, sampling_rate=WHISPER_HZ, return_tensors="pt").input_features
        options = {} if config.language is None else {"language": config.language, "task": "transcribe"}
        with torch.inference_mode():
            ids = model.generate(features.to(config.device, model.dtype), **options)
        return str(processor.batch_decode(ids, skip_special_tokens=True)[0])

    return ThreadedEar(transcribe, config.timeout_s, bell, threads=1)
