import logging
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from solami.audio.wav import write_wav
from solami.errors import ConfigError
from solami.frames import AudioChunk
from solami.tokenizers.base import Voice
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.voices import embed_reference, load_voices, save_voices

ADA = Voice("ada", np.eye(8, dtype=np.float32)[0], "CC BY 4.0")
TOM = Voice("tom", np.full(8, 8**-0.5, np.float32))


def test_voices_come_back_as_they_were(tmp_path: Path) -> None:
    """Saving and loading keeps every name, embedding and licence."""
    save_voices([ADA, TOM], tmp_path / "made" / "voices.safetensors")
    loaded = load_voices(tmp_path / "made" / "voices.safetensors")
    assert set(loaded) == {"ada", "tom"}
    for voice in (ADA, TOM):
        np.testing.assert_array_equal(loaded[voice.name].embedding, voice.embedding)
        assert loaded[voice.name].licence == voice.licence


@pytest.mark.parametrize("embedding", [np.zeros(8), np.full(8, np.nan), np.ones((2, 8))])
def test_an_embedding_that_cannot_sound_is_refused(tmp_path: Path, embedding: np.ndarray) -> None:
    """Zeros, NaN and matrices are no voices."""
    save_file({"ada": embedding.astype(np.float32)}, tmp_path / "voices.safetensors")
    with pytest.raises(ConfigError, match="ada"):
        load_voices(tmp_path / "voices.safetensors")


def test_a_file_that_is_not_safetensors_is_refused(tmp_path: Path) -> None:
    """A missing or foreign file is a ConfigError that names it."""
    (tmp_path / "voices.safetensors").write_bytes(b"RIFF")
    for name in ("voices.safetensors", "nothing.safetensors"):
        with pytest.raises(ConfigError, match=name):
            load_voices(tmp_path / name)


def test_a_recording_becomes_a_voice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A reference at any rate is embedded under its name and licence; its faults are logged, no file is an error."""
    tone = (0.1 * np.sin(np.arange(4 * 24_000) / 9)).astype(np.float32)
    write_wav(tmp_path / "me.wav", AudioChunk(tone, 24_000))
    with caplog.at_level(logging.WARNING):
        voice = embed_reference(DummySpeechTokenizer(), "me", tmp_path / "me.wav", "CC0")
    assert (voice.name, voice.licence) == ("me", "CC0") and voice.embedding.any()
    assert "record more" in caplog.text
    with pytest.raises(ConfigError, match="no such file"):
        embed_reference(DummySpeechTokenizer(), "me", tmp_path / "none.wav", "CC0")
