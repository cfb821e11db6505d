import json
from pathlib import Path

import numpy as np

from solami.audio.wav import write_wav
from solami.body.npz import write_motion
from solami.body.pack import read_index
from solami.body.procedural import wave
from solami.datasets.flite import flite_exists
from solami.evaluation.tokenizers import motion_rows, speech_rows, three_points_rows
from solami.frames import AudioChunk, FloatArray
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer


class Deaf:
    """Hears nothing."""

    def words(self, samples: FloatArray) -> str:
        return ""


def _pack(folder: Path) -> Path:
    rows = []
    for split in ("val", "test"):
        write_motion(folder / f"{split}.npz", wave(1.0))
        row = {"id": split, "file": f"{split}.npz", "split": split, "caption": "waves", "action": "wave"}
        rows.append(row | {"has_hands": False, "hands_animated": False})
    (folder / "index.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


def test_motion_is_reported_on_both_splits(tmp_path: Path) -> None:
    """Val + test has both clips, test alone one."""
    rows = motion_rows(DummyMotionTokenizer(), read_index(_pack(tmp_path)), None)
    assert {(row.split, row.n) for row in rows} == {("val+test", 2), ("test", 1)}


def test_a_checkpoint_without_a_three_point_model_has_no_rows(tmp_path: Path) -> None:
    """Three points are optional in a checkpoint."""
    assert three_points_rows(tmp_path, read_index(_pack(tmp_path)), None) == []


def test_human_and_synthetic_speech_are_rows_apart(tmp_path: Path) -> None:
    """The pack's clips and lines of the scripts have sources of their own."""
    tone = AudioChunk((0.2 * np.sin(np.arange(32_000) / 9)).astype(np.float32), 16_000)
    write_wav(tmp_path / "a.wav", tone)
    row = {"file": "a.wav", "text": "two words", "source": "people", "split": "test"}
    (tmp_path / "index.jsonl").write_text(json.dumps(row))
    rows = speech_rows(DummySpeechTokenizer(), Deaf(), None, tmp_path, "test", 1)
    sources = {"people", "synthetic-new-voices", "synthetic-users-espeak"}
    sources |= {"synthetic-users-flite"} if flite_exists() else set()
    revoiced = {f"synthetic-agent in {source}" for source in sources}
    assert {row.source for row in rows} == sources | {"synthetic-agent"} | revoiced
    assert "word_error_of_ear" not in {row.name for row in rows}
