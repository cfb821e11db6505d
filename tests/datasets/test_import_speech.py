from pathlib import Path

import numpy as np
import pytest
import soundfile

from solami.datasets.import_speech import import_common_voice, import_librispeech, sentence
from solami.errors import InputError

TONE = 0.2 * np.sin(np.arange(16_000) / 10)


def test_librispeech_parts_give_splits(tmp_path: Path) -> None:
    """Utterances with words as sentences, speakers and genders; the part's name says the split."""
    for part, speaker in (("train-clean-100", "19"), ("dev-clean", "84")):
        folder = tmp_path / part / speaker / "198"
        folder.mkdir(parents=True)
        soundfile.write(folder / f"{speaker}-198-0000.flac", TONE, 16_000)
        (folder / f"{speaker}-198.trans.txt").write_text(f"{speaker}-198-0000 I SAW HIM AND I RAN\n")
    (tmp_path / "SPEAKERS.TXT").write_text("; ID |SEX| SUBSET\n19   | F | train-clean-100 | 25 | Kara\n")
    rows = {row.id: (row, audio) for row, audio in import_librispeech(tmp_path)}
    row, audio = rows["19-198-0000"]
    assert (row.text, row.speaker, row.split, row.gender) == ("I saw him and I ran.", "19", "train", "F")
    assert len(audio.samples) == 16_000 and audio.sample_rate == 16_000
    assert (rows["84-198-0000"][0].split, rows["84-198-0000"][0].gender) == ("val", "unknown")


def test_common_voice_clips_come_from_its_tables(tmp_path: Path) -> None:
    """MP3 clips at 16 kHz with their sentences; quotes are plain text; a missing clip is left out."""
    (tmp_path / "clips").mkdir()
    soundfile.write(tmp_path / "clips" / "cv_1.mp3", np.tile(TONE, 2), 32_000)
    head = "client_id\tpath\tsentence\tup_votes\tdown_votes\tage\tgender\n"
    (tmp_path / "test.tsv").write_text(
        head + 'abc\tcv_1.mp3\tHe said "no.\t2\t0\t\tfemale\nabc\tcv_2.mp3\tGone.\t2\t0\t\t\n'
    )
    found = list(import_common_voice(tmp_path))
    assert len(found) == 1
    row, audio = found[0]
    assert (row.id, row.text, row.split, row.gender) == ("cv_1", 'He said "no.', "test", "F")
    assert abs(len(audio.samples) - 16_000) < 1500


def test_other_folders_are_refused(tmp_path: Path) -> None:
    """A folder of another form is an InputError that says what was looked for."""
    with pytest.raises(InputError, match=r"trans\.txt"):
        list(import_librispeech(tmp_path))
    with pytest.raises(InputError, match=r"train\.tsv"):
        list(import_common_voice(tmp_path))


def test_sentences_start_large_and_end() -> None:
    """Single I's are capitals; nothing stays nothing."""
    assert sentence("WHAT SHOULD I SAY") == "What should I say." and sentence("") == ""
