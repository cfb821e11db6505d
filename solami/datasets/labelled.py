"""Synthesised lines with phone times: what the speech tokenizer learns phones from, beside human speech.

A folder of WAV files and `index.jsonl`, one object a line: file, voice, text, phones [[name, start_s, end_s], ...].
"""

from __future__ import annotations

import json
import logging
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from solami.audio.wav import write_wav
from solami.datasets.flite import flite_exists
from solami.datasets.scripts import load_scripts
from solami.datasets.spoken_build import agent_synthesizer, dialogue_turns, flite_user, user_synthesizer
from solami.datasets.tts import Synthesizer
from solami.strict import Strict

log = logging.getLogger(__name__)
LOG_EVERY = 200


class LabelledConfig(Strict):
    """How many lines, and where they go."""

    out: Path = Path("data/labelled")
    pack: Path | None = None  # data pack, for the words of its dialogues
    agent_lines: int = 7000  # in the agent's own voice, which the tokenizer must know best
    user_lines: int = 9000  # in many voices
    retold_lines: int = 5000  # of all these, again in another voice of flite's: the same phones at other times
    seed: int = 0


def build_labelled(config: LabelledConfig) -> int:
    """Synthesise the lines that are missing; returns how many there are. Deterministic in its choices by seed."""
    config.out.mkdir(parents=True, exist_ok=True)
    index = config.out / "index.jsonl"
    rows = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
    there, number = Counter((row["voice"], row["text"]) for row in map(json.loads, rows)), len(rows)
    with index.open("a", encoding="utf-8") as out:
        for voice, text in wanted(config):
            if there[voice.name, text] > 0:
                there[voice.name, text] -= 1
                continue
            line = voice.speak(text)
            file = f"{number:05d}.wav"
            write_wav(config.out / file, line.audio)
            out.write(json.dumps({"file": file, "voice": voice.name, "text": text, "phones": line.phones}) + "\n")
            number += 1
            if number % LOG_EVERY == 0:
                log.info("%d lines spoken", number)
    return number


def wanted(config: LabelledConfig) -> Iterator[tuple[Synthesizer, str]]:
    """Voices and lines: script and dialogue lines by turns for the agent, dialogue lines for the others, some again."""
    told = list(_first_told(config))
    yield from told
    rng, again = random.Random(config.seed + 1), min(config.retold_lines, len(told)) if flite_exists() else 0
    for number in range(again):
        yield flite_user(rng), told[number * len(told) // again][1]


def _first_told(config: LabelledConfig) -> Iterator[tuple[Synthesizer, str]]:
    """What is told for the first time: the agent's lines, then the users'."""
    rng = random.Random(config.seed)
    said = [t.speech for s in load_scripts() if s.split == "train" for t in s.turns if len(t.speech.split()) >= 4]
    rng.shuffle(said)
    talk = dialogue_turns(config.pack, config.seed) if config.pack is not None else said[::-1]
    agent = agent_synthesizer()
    for number in range(config.agent_lines):
        pool = said if number % 2 else talk
        yield agent, pool[number // 2 % len(pool)]
    for number in range(config.user_lines):
        yield user_synthesizer(rng), talk[(config.agent_lines + number) % len(talk)]
