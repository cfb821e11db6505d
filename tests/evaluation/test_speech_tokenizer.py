import json
from pathlib import Path

import numpy as np

from solami.audio.wav import write_wav
from solami.evaluation.speech_tokenizer import (
    Recording,
    ear_measures,
    human_recordings,
    log_mel,
    speech_measures,
    synthetic_recordings,
)
from solami.frames import AudioChunk, FloatArray
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.speech import NeuralSpeechTokenizer

SHIPPED = Path(__file__).parents[2] / "solami" / "checkpoints" / "default"


class Deaf:
    """Hears nothing."""

    def words(self, samples: FloatArray) -> str:
        return ""


def _tone(hz: float, seconds: float = 2.0) -> AudioChunk:
    time = np.arange(int(16_000 * seconds)) / 16_000
    return AudioChunk((0.3 * np.sin(2 * np.pi * hz * time)).astype(np.float32), 16_000)


def test_only_the_split_is_read(tmp_path: Path) -> None:
    """A row of the index becomes a recording where its split is asked for."""
    write_wav(tmp_path / "a.wav", _tone(200))
    row = {"file": "a.wav", "text": "two words", "source": "made"}
    (tmp_path / "index.jsonl").write_text("\n".join(json.dumps(row | {"split": s}) for s in ("train", "test")))
    (recording,) = human_recordings(tmp_path, "test", 16_000, None)
    assert (recording.source, recording.text, len(recording.audio.samples)) == ("made", "two words", 32_000)


def test_speech_is_measured_beside_the_recording() -> None:
    """Words, level, spectrum and voice of every source have a row; the recording's own word error is the baseline."""
    recordings = [Recording("made", "two words", _tone(200)), Recording("made", "one", _tone(300))]
    rows = {row.name: row for row in speech_measures(DummySpeechTokenizer(), Deaf(), recordings, "test")}
    assert (rows["word_error"].value, rows["word_error"].baseline, rows["word_error"].n) == (1.0, 1.0, 2)
    assert abs(rows["level_difference_db"].value) < 6
    assert -1.001 <= rows["voice_likeness"].value <= 1.001
    assert {row.split for row in rows.values()} == {"test"}


def test_a_line_too_short_for_a_voice_reference_is_measured() -> None:
    """A word of half a second goes through in its own voice, and lends it to the other recording."""
    recordings = [Recording("made", "yes", _tone(200, 0.5)), Recording("made", "two words", _tone(300))]
    rows = speech_measures(NeuralSpeechTokenizer.load(SHIPPED), Deaf(), recordings, "test")
    assert {row.n for row in rows} == {2}


def test_a_quieter_copy_is_a_known_mel_distance() -> None:
    """Half the amplitude is ln 2 off in every band that sounds."""
    tone = _tone(500).samples
    loud, quiet = log_mel(tone), log_mel(tone / 2)
    sounding = loud.max(axis=0).argmax()
    np.testing.assert_allclose((loud - quiet)[5:-5, sounding], np.log(2), atol=1e-3)


def test_held_out_lines_are_spoken_by_both_sides() -> None:
    """Each line is spoken by the agent's synthesiser and by a user's, audibly, at the rate asked for."""
    made = synthetic_recordings(16_000, 2)
    assert sorted(r.source for r in made) == ["synthetic-agent"] * 2 + ["synthetic-users"] * 2
    assert all(r.audio.sample_rate == 16_000 and np.abs(r.audio.samples).max() > 0.05 for r in made)


def test_the_ear_is_asked_before_and_behind_the_codec() -> None:
    """An ear that understands recordings and not the codec: every word wrong behind it, none before, by source."""
    rng = np.random.default_rng(0)
    made = [AudioChunk(rng.normal(0, 0.1, 16_000).astype(np.float32), 16_000) for _ in range(3)]
    clips = [Recording(source, "two words", audio) for source, audio in zip(("a", "a", "b"), made, strict=True)]

    def hear(number: int, audio: AudioChunk) -> str:
        return "two words" if np.array_equal(audio.samples, made[number].samples) else "something else"

    rows = ear_measures(DummySpeechTokenizer(), hear, clips, "test")
    assert [(row.source, row.value, row.baseline, row.n) for row in rows] == [("a", 1.0, 0.0, 2), ("b", 1.0, 0.0, 1)]
