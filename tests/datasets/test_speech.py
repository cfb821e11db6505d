import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from solami.datasets.speech import load_human_lines
from solami.errors import InputError


def pack_with(folder: Path, sample_rate: int) -> Path:
    (folder / "speech").mkdir(parents=True)
    soundfile.write(folder / "speech" / "a.wav", np.full(sample_rate, 0.25, np.float32), sample_rate)
    row = {"id": "a", "file": "a.wav", "text": "Hi.", "speaker": "61", "seconds": 1.0, "split": "test"}
    (folder / "speech" / "index.jsonl").write_text(json.dumps(row | {"licence": "CC BY 4.0"}))
    return folder


def test_a_line_has_its_words_and_its_sound(tmp_path: Path) -> None:
    """Transcript, speaker and split come from the index, samples at 16 kHz from the file."""
    (line,) = load_human_lines(pack_with(tmp_path, 16_000))
    assert (line.text, line.speaker, line.split) == ("Hi.", "61", "test")
    audio = line.load()
    assert (len(audio.samples), audio.sample_rate) == (16_000, 16_000)
    assert audio.samples.max() == pytest.approx(0.25, abs=1e-3)


def test_another_rate_is_refused(tmp_path: Path) -> None:
    """A recording that is not at 16 kHz is not the pack's."""
    (line,) = load_human_lines(pack_with(tmp_path, 8_000))
    with pytest.raises(InputError, match="8000 Hz"):
        line.load()


def test_a_missing_index_is_named(tmp_path: Path) -> None:
    """Without the index the error says what is missing."""
    with pytest.raises(InputError, match="human speech"):
        load_human_lines(tmp_path)
