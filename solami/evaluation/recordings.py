"""Held-out speech and what is said in it: people of the data pack, and lines that synthesisers speak."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from solami.audio.resample import resample
from solami.audio.wav import read_audio
from solami.datasets.flite import flite_exists
from solami.datasets.scripts import load_scripts
from solami.datasets.sources import require_file
from solami.datasets.spoken_build import agent_synthesizer, espeak_user, flite_user
from solami.datasets.tts import EspeakSynthesizer, Synthesizer
from solami.evaluation.measures import spread
from solami.frames import AudioChunk

SYNTHETIC_LINES = 40
AGENT = "synthetic-agent"  # source of lines by the agent's own synthesiser
# Of espeak-ng; nothing was spoken in them for training.
NEW_VOICES = (
    *("Alicia", "Andrea", "anika", "aunty", "belinda", "linda", "shelby", "steph", "Alex", "Andy", "Denis", "Gene"),
    *("Lee", "Michael", "adam", "benjamin", "david", "john", "paul", "robert"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One line, and what is said in it."""

    source: str
    text: str
    audio: AudioChunk


def human_recordings(folder: Path, split: str, sample_rate: int, limit: int | None) -> list[Recording]:
    """The data pack's recordings of one split, or `limit` of them, evenly spread."""
    lines = require_file(folder / "index.jsonl", "index of the speech clips").read_text(encoding="utf-8").splitlines()
    rows = spread([row for row in map(json.loads, lines) if row["split"] == split], limit)
    return [Recording(row["source"], row["text"], read_audio(folder / row["file"], sample_rate)) for row in rows]


def synthetic_recordings(sample_rate: int, limit: int | None) -> list[Recording]:
    """Lines of the scripts' test split: by the agent's own synthesiser, and in users' voices of flite and espeak-ng."""
    rng, agent, has_flite = random.Random(0), agent_synthesizer(), flite_exists()
    made = []
    for text in _held_out_lines(limit or SYNTHETIC_LINES):
        made.append(_spoken(AGENT, agent, text, sample_rate))
        if has_flite:
            made.append(_spoken("synthetic-users-flite", flite_user(rng), text, sample_rate))
        made.append(_spoken("synthetic-users-espeak", espeak_user(rng), text, sample_rate))
    return made


def new_voice_recordings(sample_rate: int, limit: int | None) -> list[Recording]:
    """Lines of the scripts' test split, by turns in twenty voices of espeak-ng that no training data is spoken in."""
    rng, lines = random.Random(0), _held_out_lines(limit or SYNTHETIC_LINES)
    made = []
    for text, name in zip(lines, cycle(NEW_VOICES), strict=False):
        voice = EspeakSynthesizer(f"en-us+{name}", words_a_minute=rng.randrange(130, 186, 10))
        made.append(_spoken("synthetic-new-voices", voice, text, sample_rate))
    return made


def _held_out_lines(count: int) -> list[str]:
    turns = [turn for script in load_scripts() if script.split == "test" for turn in script.turns]
    return spread([turn.speech for turn in turns if len(turn.speech.split()) > 3], count)


def _spoken(source: str, voice: Synthesizer, text: str, sample_rate: int) -> Recording:
    audio = voice.speak(text).audio
    return Recording(source, text, AudioChunk(resample(audio.samples, audio.sample_rate, sample_rate), sample_rate))
