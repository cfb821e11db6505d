"""Ears beside the model: Whisper in this process, or a transcription endpoint. They listen on threads of their own."""

from __future__ import annotations

import contextlib
import io
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor

import soundfile

from solami.audio.resample import resample
from solami.errors import ConfigError
from solami.frames import AudioChunk
from solami.outside.chat import client
from solami.outside.config import EndpointEarConfig, WhisperEarConfig
from solami.outside.ports import Bell

logger = logging.getLogger(__name__)

WHISPER_HZ = 16_000


class ThreadedEar:
    """Runs `transcribe` beside everything else and gives up on it in time."""

    def __init__(self, transcribe: Callable[[AudioChunk], str], timeout_s: float, bell: Bell, threads: int) -> None:
        self._transcribe, self._timeout_s, self._bell = transcribe, timeout_s, bell
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="solami-ear")

    def hear(self, audio: AudioChunk) -> Future[str]:
        """Start to listen and return at once; the future fails when the words come too late."""
        heard: Future[str] = Future()
        heard.add_done_callback(lambda _: self._bell.ring())
        clock = threading.Timer(self._timeout_s, _fail, (heard, TimeoutError("the ear was late")))
        clock.daemon = True
        clock.start()
        self._threads.submit(self._listen, audio, heard, clock)
        return heard

    def _listen(self, audio: AudioChunk, heard: Future[str], clock: threading.Timer) -> None:
        if heard.done():  # it waited too long for a free thread
            return
        try:
            text = " ".join(self._transcribe(audio).split())  # an endpoint may send no text at all
        except Exception as error:  # whatever a library or a network may say, the model's own ear goes on
            logger.warning("the ear heard nothing: %s", type(error).__name__)
            _fail(heard, error)
        else:
            with contextlib.suppress(InvalidStateError):  # too late
                heard.set_result(text)
        finally:
            clock.cancel()


def endpoint_ear(config: EndpointEarConfig, bell: Bell) -> ThreadedEar:
    """An ear behind an OpenAI-compatible transcription endpoint."""
    remote = client(config.base_url, config.api_key, config.timeout_s)

    def transcribe(audio: AudioChunk) -> str:
        file = io.BytesIO()
        soundfile.write(file, audio.samples, audio.sample_rate, subtype="PCM_16", format="WAV")
        sent = ("turn.wav", file.getvalue(), "audio/wav")
        if config.language is None:
            return remote.audio.transcriptions.create(model=config.model, file=sent).text
        return remote.audio.transcriptions.create(model=config.model, file=sent, language=config.language).text

    return ThreadedEar(transcribe, config.timeout_s, bell, threads=4)


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


def _fail(heard: Future[str], error: Exception) -> None:
    with contextlib.suppress(InvalidStateError):  # it was heard after all
        heard.set_exception(error)
