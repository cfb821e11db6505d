"""Recorded speech that researchers have, read where it lies: LibriSpeech and Common Voice. Each yields (row, audio)."""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from solami.audio.wav import read_audio
from solami.datasets.pack_writer import SpeechRow
from solami.datasets.sources import Split
from solami.datasets.tts import SAMPLE_RATE
from solami.errors import InputError
from solami.frames import AudioChunk

log = logging.getLogger(__name__)
Found = Iterator[tuple[SpeechRow, AudioChunk]]
COMMON_VOICE: tuple[tuple[str, Split], ...] = (("train", "train"), ("dev", "val"), ("test", "test"))


def import_librispeech(folder: Path) -> Found:
    """Every utterance of the parts in a LibriSpeech folder; a part's name gives its split.

    Layout: `train-clean-100/19/198/19-198.trans.txt` beside `19-198-0000.flac`, and `SPEAKERS.TXT`.
    """
    transcripts = sorted(folder.glob("*/*/*/*.trans.txt"))
    if not transcripts:
        raise InputError(f"{folder}: found no */*/*/*.trans.txt; give the folder that holds train-clean-100")
    genders = _librispeech_genders(folder / "SPEAKERS.TXT")
    for transcript in transcripts:
        part, speaker = transcript.parts[-4], transcript.parts[-3]
        split: Split = "val" if part.startswith("dev") else "test" if part.startswith("test") else "train"
        for line in transcript.read_text(encoding="utf-8").splitlines():
            name, _, words = line.partition(" ")
            audio = read_audio(transcript.parent / f"{name}.flac", SAMPLE_RATE)
            yield (
                SpeechRow(
                    name, sentence(words), speaker, split, "librispeech", "CC BY 4.0", genders.get(speaker, "unknown")
                ),
                audio,
            )


def import_common_voice(folder: Path) -> Found:
    """Every clip that one language's train, dev and test tables name.

    Layout: `train.tsv`, `dev.tsv`, `test.tsv` (client_id, path, sentence, gender ...) beside `clips/*.mp3`.
    """
    tables = [(folder / f"{name}.tsv", split) for name, split in COMMON_VOICE if (folder / f"{name}.tsv").is_file()]
    if not tables:
        raise InputError(f"{folder}: found no train.tsv, dev.tsv or test.tsv; give one language's folder, such as en")
    for table, split in tables:
        with table.open(newline="", encoding="utf-8") as rows:
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                try:
                    audio = read_audio(folder / "clips" / row["path"], SAMPLE_RATE)
                except InputError as error:
                    log.warning("left out: %s", error)
                    continue
                name, speaker = Path(row["path"]).stem, row["client_id"][:16]
                gender = {"m": "M", "f": "F"}.get((row.get("gender") or "")[:1].lower(), "unknown")
                yield SpeechRow(name, row["sentence"].strip(), speaker, split, "common-voice", "CC0 1.0", gender), audio


def sentence(words: str) -> str:
    """Capitals without marks as a sentence: "I SAW HIM" -> "I saw him."."""
    text = re.sub(r"\bi\b", "I", " ".join(words.lower().split()))
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _librispeech_genders(table: Path) -> dict[str, str]:
    """`14 | F | train-clean-360 | ...`, comments behind semicolons."""
    if not table.is_file():
        return {}
    rows = [line.split("|") for line in table.read_text(encoding="utf-8").splitlines() if line[:1] != ";"]
    return {row[0].strip(): row[1].strip() for row in rows if len(row) > 1}
