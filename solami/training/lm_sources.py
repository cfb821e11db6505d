"""Where samples come from and how often each kind comes; what was asked before every line, and who the personas are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field

from solami.datasets.scripts import Script
from solami.errors import ConfigError
from solami.strict import Strict

GENERIC_PERSONA = "You are a friendly character in a virtual room. You talk and move."


class Sources(Strict):
    """Where samples come from."""

    codes: Path = Path("data/codes")
    pack: Path | None = None  # None: scripts, synthesised speech and procedural motion alone
    takes: int | None = None  # of every procedural caption; None: all there are. As the codes were made
    personas: Path = Path("configs/personas")
    only: str | None = None  # the one persona whose scripts are used; None: all
    scripts: tuple[Path, ...] = ()  # folders of more scripts than the shipped ones
    # how often talks of a kind come for once of the others
    kinds: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    max_dialogue_turns: int = 40_000

    def wants(self, script: Script) -> bool:
        """Whether samples may come from a script."""
        return script.split == "train" and self.only in (None, script.persona)

    def weighted(self, scripts: Sequence[Script]) -> list[Script]:
        """Each script as often as its kind is to come. Raises ConfigError for a kind that no script is of."""
        known = {script.kind for script in scripts}
        if unknown := sorted(self.kinds.keys() - known):
            raise ConfigError(f"kinds: got {', '.join(unknown)}, expected some of {', '.join(sorted(known))}")
        return [script for script in scripts for _ in range(self.kinds.get(script.kind, 1))]


class Shares(Strict):
    """How often samples of single tasks come in which form, in shares of 1."""

    script_lines: float = 0.3  # of spoken lines that come from scripts, the rest from dialogues
    answers: float = 0.6  # of spoken lines that follow what was said before them
    systems: float = 0.0  # of single exchanges that begin with a persona's text
    canonical: float = 0.6  # of motion requests for canonical captions, the rest for captured clips'
    duets: float = 0.3  # of motion answers recorded in pairs, the rest from scripts
    words_in_full: float = 0.6  # of talk in words under the header of voice and body


def asked_before(talks: Sequence[Sequence[str]]) -> dict[str, str]:
    """For every line the one that it answered first."""
    asked: dict[str, str] = {}
    for talk in talks:
        lines = [" ".join(line.split()) for line in talk]
        for before, line in pairwise(lines):
            if before and line:
                asked.setdefault(line, before)
    return asked


def persona_texts(folder: Path) -> dict[str, str]:
    """Text of each persona by name; none where the folder is absent."""
    texts = {}
    for file in sorted(folder.glob("*.yaml")):
        persona = yaml.safe_load(file.read_text(encoding="utf-8"))
        texts[str(persona["name"])] = str(persona["text"])
    return texts
