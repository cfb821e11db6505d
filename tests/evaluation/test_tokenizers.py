import json
from pathlib import Path

import numpy as np
import pytest

from solami.body.npz import write_motion
from solami.body.procedural import wave
from solami.evaluation.tokenizers import clips, codebook_use, motion_measures, round_trip
from solami.frames import AudioChunk
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A data pack of four procedural waves."""
    (tmp_path / "motion").mkdir()
    rows = []
    for number, split in enumerate(("train", "train", "val", "test")):
        write_motion(tmp_path / "motion" / f"{number}.npz", wave(1.0 + number / 10))
        rows.append({"id": number, "file": f"{number}.npz", "set": "made", "split": split, "hands_animated": False})
    (tmp_path / "motion" / "index.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_clips_come_from_the_named_splits(pack: Path) -> None:
    """Only the clips of the splits asked for are measured, and a limit spreads over them."""
    assert [clip["id"] for clip in clips(pack / "motion", ("val", "test"), None)] == [2, 3]
    assert [clip["id"] for clip in clips(pack / "motion", ("train", "val", "test"), 2)] == [0, 3]


def test_motion_is_measured_by_source_beside_a_held_pose(pack: Path) -> None:
    """Every source has a row over all its clips, with the error of holding the first pose beside it."""
    rows = {row.source: row for row in motion_measures(DummyMotionTokenizer(), pack, ("val", "test"))}
    assert set(rows) == {"all", "made"}
    assert rows["all"].n == 2
    assert rows["all"].split == "val+test"
    assert rows["all"].baseline is not None
    assert rows["all"].baseline > 1.0
    assert np.isfinite(rows["all"].value)


def test_codebook_use_counts_entries_of_the_train_split(pack: Path) -> None:
    """Use is a share, and no clip uses none of a codebook."""
    use = codebook_use(DummyMotionTokenizer(), pack)
    assert all(0 < share <= 1 for share in use.values())


def test_a_round_trip_keeps_the_length() -> None:
    """What comes back is as long as what went in, though codes come whole."""
    audio = AudioChunk((0.3 * np.sin(np.arange(16_123) / 8)).astype(np.float32), 16_000)
    made = round_trip(DummySpeechTokenizer(), audio)
    assert len(made.samples) == len(audio.samples)
