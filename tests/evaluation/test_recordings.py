import json
from pathlib import Path

import numpy as np

from solami.audio.wav import write_wav
from solami.datasets.flite import flite_exists
from solami.datasets.spoken_build import ESPEAK_VARIANTS
from solami.evaluation.recordings import NEW_VOICES, human_recordings, new_voice_recordings, synthetic_recordings
from solami.frames import AudioChunk


def test_only_the_split_is_read(tmp_path: Path) -> None:
    """A row of the index becomes a recording where its split is asked for."""
    write_wav(tmp_path / "a.wav", AudioChunk(np.full(32_000, 0.1, np.float32), 16_000))
    row = {"file": "a.wav", "text": "two words", "source": "made"}
    (tmp_path / "index.jsonl").write_text("\n".join(json.dumps(row | {"split": s}) for s in ("train", "test")))
    (recording,) = human_recordings(tmp_path, "test", 16_000, None)
    assert (recording.source, recording.text, len(recording.audio.samples)) == ("made", "two words", 32_000)


def test_held_out_lines_are_spoken_by_both_sides() -> None:
    """Each line is spoken by the agent's synthesiser and by users' of each kind, audibly, at the rate asked for."""
    made = synthetic_recordings(16_000, 2)
    users = ["synthetic-users-espeak", *(["synthetic-users-flite"] if flite_exists() else [])]
    assert sorted(r.source for r in made) == sorted(["synthetic-agent", *users] * 2)
    assert len({r.text for r in made}) == 2
    assert all(r.audio.sample_rate == 16_000 and np.abs(r.audio.samples).max() > 0.05 for r in made)


def test_new_voices_are_new() -> None:
    """No voice of theirs speaks training data; each line has another, and is audible."""
    assert not set(NEW_VOICES) & set(ESPEAK_VARIANTS)
    made = new_voice_recordings(16_000, 3)
    assert [r.source for r in made] == ["synthetic-new-voices"] * 3 and len({r.text for r in made}) == 3
    assert all(np.abs(r.audio.samples).max() > 0.05 for r in made)


def test_a_voice_of_every_name_is_there() -> None:
    """espeak-ng speaks in each of the new voices; an unknown name would have been an error."""
    made = new_voice_recordings(16_000, len(NEW_VOICES))
    assert len({r.audio.samples.tobytes() for r in made}) == len(NEW_VOICES)
