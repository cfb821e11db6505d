"""The personas' voices: synthesised reference speech -> speaker embeddings."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from solami.datasets.tts import FliteSynthesizer
from solami.frames import AudioChunk, FloatArray
from solami.strict import Strict
from solami.tokenizers.base import SpeechTokenizer, Voice

REFERENCE_LINES = (
    "The quick brown fox jumps over the lazy dog near the river bank.",
    "She had your dark suit in greasy wash water all year.",
    "Please tell me more about your long journey, and what you would like to do now.",
)
LICENCE = "flite voice, CMU (BSD-like, free for any use)"


class VoiceRecipe(Strict):
    """How the reference speech of one voice is made."""

    flite: str = Field(description="flite voice: rms, awb, slt or kal16")
    warp: float = Field(1.0, description="play this many times as fast: raises pitch and formants together")
    pitch_hz: float | None = Field(None, description="mean pitch asked of the synthesiser before the warp")


class VoicesConfig(Strict):
    """`configs/train/voices.yaml`."""

    voices: dict[str, VoiceRecipe]


def reference_speech(recipe: VoiceRecipe) -> FloatArray:
    """The reference lines in one voice, samples [T] at 16 kHz."""
    voice = FliteSynthesizer(recipe.flite, pitch_hz=recipe.pitch_hz)
    samples = np.concatenate([voice.speak(line).audio.samples for line in REFERENCE_LINES])
    places = np.arange(0, len(samples) - 1, recipe.warp)
    return np.interp(places, np.arange(len(samples)), samples).astype(np.float32)


def make_voice(name: str, recipe: VoiceRecipe, tokenizer: SpeechTokenizer) -> Voice:
    """Embed one recipe's reference speech."""
    voice = tokenizer.embed_voice(name, AudioChunk(reference_speech(recipe), tokenizer.sample_rate))
    return Voice(name, voice.embedding, LICENCE)
