"""Synthesised lines with phone times: what the speech tokenizer learns phones from, beside human speech.

A folder of WAV files and `index.jsonl`, one object a line: file, voice, text, phones [[name, start_s, end_s], ...].
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path

from solami.audio.wav import write_wav
from solami.datasets.scripts import load_scripts
from solami.datasets.spoken_build import agent_synthesizer, dialogue_turns, user_synthesizer
from solami.datasets.tts import Synthesizer
from solami.strict import Strict

log = logging.getLogger(__name__)
LOG_EVERY = 200


class LabelledConfig(Strict):
    """How many lines, and where they go."""

    out: Path = Path("data/labelled")
    pack: Path | None = None  # data pack, for the words of its dialogues
    agent_lines: int = 7000  # in the agent's own voice, which the tokenizer must know best
    user_lines: int = 3500  # in many voices
    seed: int = 0


def build_labelled(config: LabelledConfig) -> int:
    """Synthesise the lines that are missing; returns how many there are. Deterministic in its choices by seed."""
    config.out.mkdir(parents=True, exist_ok=True)
    index = config.out / "index.jsonl"
    done = len(index.read_text(encoding="utf-8").splitlines()) if index.exists() else 0
    with index.open("a", encoding="utf-8") as rows:
        for number, (voice, text) in enumerate(wanted(config)):
            if number < done:
                continue
            line = voice.speak(text)
            file = f"{number:05d}.wav"
            write_wav(config.out / file, line.audio)
            rows.write(json.dumps({"file": file, "voice": voice.name, "text": text, "phones": line.phones}) + "\n")
            if number % LOG_EVERY == 0:
                log.info("%d lines spoken", number + 1)
    return len(index.read_text(encoding="utf-8").splitlines())


def wanted(config: LabelledConfig) -> Iterator[tuple[Synthesizer, str]]:
    """Voices and lines: script and dialogue lines by turns for the agent, dialogue lines for the others."""
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
