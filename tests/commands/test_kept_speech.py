"""Codes in a file."""

from pathlib import Path

import numpy as np
import pytest

from solami.audio.level import level_db
from solami.commands.kept_speech import KeptSpeech
from solami.errors import InputError
from solami.tokenizers.base import Voice
from solami.tokenizers.dummy_speech import DummySpeechTokenizer

VOICE = Voice("any", np.eye(8, dtype=np.float32)[0])


def test_what_is_read_sounds_as_what_was_written(tmp_path: Path) -> None:
    """Length and level are those of the recording, before and after a file; not one sample differs."""
    tokenizer, tone = DummySpeechTokenizer(), (0.02 * np.sin(np.arange(20_001) / 5)).astype(np.float32)
    kept = KeptSpeech.of(tokenizer, tone, VOICE)
    kept.write(tmp_path / "codes.npz")
    again = KeptSpeech.read(tmp_path / "codes.npz").decoded(tokenizer)
    np.testing.assert_array_equal(again, kept.decoded(tokenizer))
    assert len(again) == 20_001 and abs(level_db(again) - level_db(tone)) < 0.5


def test_what_would_clip_is_bent(tmp_path: Path) -> None:
    """A gain far too high leaves every sample under full scale."""
    tokenizer = DummySpeechTokenizer()
    kept = KeptSpeech.of(tokenizer, np.sin(np.arange(16_000) / 5).astype(np.float32), VOICE)
    loud = KeptSpeech(kept.codes, kept.voice, kept.samples, 100 * kept.gain).decoded(tokenizer)
    assert 0.9 < np.abs(loud).max() < 1.0


@pytest.mark.parametrize("content", [b"", b"no codes", b"PK\x03\x04 broken"])
def test_another_file_is_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    """Empty, foreign and broken files are InputErrors that name the command."""
    (tmp_path / "codes.npz").write_bytes(content)
    with pytest.raises(InputError, match="roundtrip speech --codes"):
        KeptSpeech.read(tmp_path / "codes.npz")
