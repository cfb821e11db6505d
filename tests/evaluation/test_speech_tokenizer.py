from pathlib import Path

import numpy as np

from solami.evaluation.recordings import Recording
from solami.evaluation.speech_tokenizer import _other, log_mel, speech_codebook_use, speech_measures
from solami.frames import AudioChunk, FloatArray
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.speech import NeuralSpeechTokenizer

SHIPPED = Path(__file__).parents[2] / "solami" / "checkpoints" / "default"


class Deaf:
    """Hears nothing."""

    def words(self, samples: FloatArray) -> str:
        return ""


DEAF = {"word_error": Deaf()}


def _tone(hz: float, seconds: float = 2.0) -> AudioChunk:
    time = np.arange(int(16_000 * seconds)) / 16_000
    return AudioChunk((0.3 * np.sin(2 * np.pi * hz * time)).astype(np.float32), 16_000)


def test_speech_is_measured_beside_the_recording() -> None:
    """Words, level, spectrum and voice of every source have a row; the recording's own word error is the baseline."""
    recordings = [Recording("made", "two words", _tone(200)), Recording("made", "one", _tone(300))]
    rows = {row.name: row for row in speech_measures(DummySpeechTokenizer(), DEAF, recordings, "test")}
    assert (rows["word_error"].value, rows["word_error"].baseline, rows["word_error"].n) == (1.0, 1.0, 2)
    assert abs(rows["level_difference_db"].value) < 6
    assert -1.001 <= rows["voice_likeness"].value <= 1.001
    assert {row.split for row in rows.values()} == {"test"}


def test_a_line_too_short_for_a_voice_reference_is_measured() -> None:
    """A word of half a second goes through in its own voice, and is the other one beside which the first's is told."""
    recordings = [Recording("made", "yes", _tone(200, 0.5)), Recording("made", "two words", _tone(300))]
    rows = speech_measures(NeuralSpeechTokenizer.load(SHIPPED), DEAF, recordings, "test")
    assert {row.n for row in rows} == {2}


def test_a_quieter_copy_is_a_known_mel_distance() -> None:
    """Half the amplitude is ln 2 off in every band that sounds."""
    tone = _tone(500).samples
    loud, quiet = log_mel(tone), log_mel(tone / 2)
    sounding = loud.max(axis=0).argmax()
    np.testing.assert_allclose((loud - quiet)[5:-5, sounding], np.log(2), atol=1e-3)


def test_every_listener_is_asked_before_and_behind_the_codec() -> None:
    """One that understands recordings and not the codec errs behind it, not before; one that hears nothing in both."""
    rng = np.random.default_rng(0)
    made = [AudioChunk(rng.normal(0, 0.1, 16_000).astype(np.float32), 16_000) for _ in range(3)]
    clips = [Recording(source, "two words", audio) for source, audio in zip(("a", "a", "b"), made, strict=True)]

    class Knows:
        """Understands the recordings themselves."""

        def words(self, samples: FloatArray) -> str:
            return "two words" if any(np.array_equal(samples, audio.samples) for audio in made) else "something else"

    rows = speech_measures(DummySpeechTokenizer(), DEAF | {"word_error_of_ear": Knows()}, clips, "test")
    found = {(row.source, row.name): (row.value, row.baseline, row.n) for row in rows if row.name.startswith("word")}
    assert found["a", "word_error_of_ear"] == (1.0, 0.0, 2) and found["b", "word_error_of_ear"] == (1.0, 0.0, 1)
    assert found["a", "word_error"] == (1.0, 1.0, 2)


def test_the_codes_of_all_recordings_are_counted() -> None:
    """Two tones far apart use two codes of the dummy's codebook at least, and by far not all."""
    use = speech_codebook_use(DummySpeechTokenizer(), [Recording("made", "", _tone(hz)) for hz in (500, 2000)])
    assert 2 / 256 <= use["speech_0"]["use"] < 0.5 and use["speech_0"]["perplexity"] >= 1.9


def test_another_voice_is_of_another_source() -> None:
    """Every other recording is the agent's: none of its lines is told beside its own voice as another's."""
    tones = [Recording(source, "two words", _tone(hz)) for hz in (200, 300) for source in ("agent", "users")]
    assert [_other(tones, index).source for index in range(4)] == ["users", "agent"] * 2
    assert _other(tones[::2], 0) is tones[2]
