import json
from pathlib import Path

import numpy as np
import pytest

from solami.audio.wav import write_wav
from solami.body.npz import write_motion
from solami.body.pack import read_index
from solami.body.procedural import wave
from solami.evaluation.tokenizers import motion_measures, round_trip, speech_clips, speech_measures, spread
from solami.frames import AudioChunk, FloatArray
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A data pack of two procedural waves."""
    (tmp_path / "made").mkdir()
    rows = []
    for number, split in enumerate(("val", "test")):
        write_motion(tmp_path / "made" / f"{number}.npz", wave(1.0 + number / 10))
        rows.append(
            {"id": f"{number}", "file": f"made/{number}.npz", "split": split, "caption": "waves", "action": "wave"}
            | {"has_hands": False, "hands_animated": False}
        )
    (tmp_path / "index.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_a_limit_spreads_over_the_clips() -> None:
    """Fewer clips are taken evenly, first and last included; a limit beyond their number takes all."""
    assert spread(range(11), 3) == [0, 5, 10]
    assert spread("abc", None) == spread("abc", 9) == ["a", "b", "c"]


def test_motion_is_measured_by_source_beside_a_held_pose(pack: Path) -> None:
    """Every source has a row over all its clips, with the error of holding the first pose beside it."""
    rows = {row.source: row for row in motion_measures(DummyMotionTokenizer(), read_index(pack), "val+test")}
    assert set(rows) == {"all", "made"}
    assert (rows["all"].n, rows["all"].split) == (2, "val+test")
    assert rows["all"].baseline is not None
    assert rows["all"].baseline > 1.0
    assert np.isfinite(rows["all"].value)


class Deaf:
    """Hears nothing."""

    def words(self, samples: FloatArray) -> str:
        return ""


def test_speech_is_measured_beside_the_recording(tmp_path: Path) -> None:
    """Each clip of the split goes through the tokenizer; the recording's own word error is the baseline."""
    write_wav(tmp_path / "a.wav", AudioChunk(np.full(16_000, 0.1, np.float32), 16_000))
    row = {"id": "a", "file": "a.wav", "text": "two words", "source": "made", "split": "test"}
    (tmp_path / "index.jsonl").write_text("\n".join(json.dumps(row | {"split": s}) for s in ("train", "test")))
    clips = speech_clips(tmp_path, "test")
    rows = speech_measures(DummySpeechTokenizer(), Deaf(), tmp_path, clips, "test")
    assert [(r.source, r.value, r.baseline, r.n) for r in rows] == [("made", 1.0, 1.0, 1)]


def test_a_round_trip_keeps_the_length() -> None:
    """What comes back is as long as what went in, though codes come whole."""
    audio = AudioChunk((0.3 * np.sin(np.arange(16_123) / 8)).astype(np.float32), 16_000)
    made = round_trip(DummySpeechTokenizer(), audio)
    assert len(made.samples) == len(audio.samples)
