"""The neural speech tokenizer: voices, files and faults, on a small random network."""

from pathlib import Path

import numpy as np
import pytest
import torch

from solami.errors import ConfigError, InputError
from solami.frames import AudioChunk, FloatArray
from solami.tokenizers.modules.speech_net import SpeechNet, SpeechNetConfig
from solami.tokenizers.speech import NeuralSpeechTokenizer, save_net

SHIPPED = Path(__file__).parents[2] / "solami" / "checkpoints" / "default"
SMALL = SpeechNetConfig(width=32, front_width=16, encoder_blocks=2, trunk_blocks=1, decoder_blocks=1, voice_dim=8)


def small_tokenizer() -> NeuralSpeechTokenizer:
    torch.manual_seed(0)
    return NeuralSpeechTokenizer(SpeechNet(SMALL))


TOKENIZER = small_tokenizer()


def buzz(seconds: float) -> FloatArray:
    """A tone with harmonics that glides, as speech does."""
    t = np.arange(int(seconds * 16_000)) / 16_000
    wave = sum(np.sin(2 * np.pi * k * (110 * t + 20 * t**2)) / k for k in range(1, 8))
    return (0.1 * wave).astype(np.float32)


VOICE = TOKENIZER.embed_voice("tone", AudioChunk(buzz(2.0), 16_000))


def test_voice_changes_the_sound_not_the_codes() -> None:
    """The same codes in two voices give different samples, and a voice is a unit vector."""
    other = TOKENIZER.embed_voice("other", AudioChunk(buzz(2.0)[::-1].copy() ** 3, 16_000))
    codes = TOKENIZER.encode(buzz(1.0))
    assert np.abs(TOKENIZER.decode(codes, VOICE) - TOKENIZER.decode(codes, other)).max() > 1e-4
    assert np.linalg.norm(other.embedding) == pytest.approx(1.0, abs=1e-4)


def test_saved_network_gives_the_same_codes(tmp_path: Path) -> None:
    """A float16 checkpoint loads as float32 and reloading it changes nothing more."""
    save_net(TOKENIZER.net, tmp_path)
    once = NeuralSpeechTokenizer.load(tmp_path)
    save_net(once.net, tmp_path / "again")
    twice = NeuralSpeechTokenizer.load(tmp_path / "again")
    signal = buzz(1.0)
    assert np.array_equal(once.encode(signal).values, twice.encode(signal).values)


def test_missing_checkpoint_is_named(tmp_path: Path) -> None:
    """A folder without the files is refused with its path."""
    with pytest.raises(ConfigError, match=r"speech\.json"):
        NeuralSpeechTokenizer.load(tmp_path)


OTHER_SIZES = b'{"levels": [8, 5, 5, 5]}'


@pytest.mark.parametrize(
    ("file", "content"), [("speech.json", OTHER_SIZES), ("speech.json", b"{"), ("speech.safetensors", b"x")]
)
def test_files_of_another_version_or_broken_are_plain_errors(tmp_path: Path, file: str, content: bytes) -> None:
    """Unknown sizes, half a file and what is no safetensors: each names the folder and the command to make it anew."""
    save_net(TOKENIZER.net, tmp_path)
    (tmp_path / file).write_bytes(content)
    with pytest.raises(ConfigError, match=r"solami train speech-tokenizer"):
        NeuralSpeechTokenizer.load(tmp_path)


@pytest.mark.parametrize(
    "reference",
    [AudioChunk(np.zeros(32_000, np.float32), 16_000), AudioChunk(buzz(0.5), 16_000), AudioChunk(buzz(2), 8_000)],
)
def test_useless_voice_reference_is_refused(reference: AudioChunk) -> None:
    """Silence, half a second and another sample rate are refused."""
    with pytest.raises(InputError, match="expected at least 1 s"):
        TOKENIZER.embed_voice("x", reference)


def test_every_recording_has_a_voice() -> None:
    """A tenth of a second is repeated, and digital silence gets some voice; both have unit length."""
    tokenizer = small_tokenizer()
    for samples in (buzz(0.1), np.zeros(400, np.float32)):
        embedding = tokenizer.voice_of(AudioChunk(samples, 16_000)).embedding
        np.testing.assert_allclose(np.linalg.norm(embedding), 1.0, atol=1e-4)


@pytest.mark.weights
def test_silence_stays_silence() -> None:
    """Through the shipped codes a second of nothing is below -60 dBFS at every sample, the first ones included."""
    tokenizer = NeuralSpeechTokenizer.load(SHIPPED)
    nothing = np.zeros(16_000, np.float32)
    made = tokenizer.decode(tokenizer.encode(nothing), tokenizer.voice_of(AudioChunk(nothing, 16_000)))
    assert np.abs(made).max() < 1e-3
