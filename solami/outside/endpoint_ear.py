"""An ear behind an OpenAI-compatible transcription endpoint."""

from __future__ import annotations

import io

import soundfile

from solami.frames import AudioChunk
from solami.outside.chat import client
from solami.outside.config import EndpointEarConfig
from solami.outside.ears import ThreadedEar
from solami.outside.ports import Bell


def endpoint_ear(config: EndpointEarConfig, bell: Bell) -> ThreadedEar:
    """Asks the endpoint once a turn, four at a time."""
    remote = client(config.base_url, config.api_key, config.timeout_s)

    def transcribe(audio: AudioChunk) -> str:
        file = io.BytesIO()
        soundfile.write(file, audio.samples, audio.sample_rate, subtype="PCM_16", format="WAV")
        sent = ("turn.wav", file.getvalue(), "audio/wav")
        if config.language is None:
            return remote.audio.transcriptions.create(model=config.model, file=sent).text
        return remote.audio.transcriptions.create(model=config.model, file=sent, language=config.language).text

    return ThreadedEar(transcribe, config.timeout_s, bell, threads=4)
