"""Persona scripts: multi-turn talks of speech and motion, written for this project and shipped with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from solami.datasets.sources import Split, read_jsonl, split_of
from solami.errors import InputError

SHIPPED = Path(__file__).parent / "scripts"
LICENCE = "Apache-2.0"
WORDS_PER_S = 2.6  # of the agent's voice


@dataclass(frozen=True, slots=True)
class ScriptTurn:
    """What one of the two says and does."""

    role: Literal["user", "agent"]
    speech: str  # may be empty where the user only moves
    motion: str  # third-person caption without subject; "" is neutral standing
    emotion: str


@dataclass(frozen=True, slots=True)
class Script:
    """One talk, alternating from the user's turn on."""

    id: str
    persona: str
    kind: str
    topic: str
    turns: tuple[ScriptTurn, ...]
    split: Split
    licence: str = LICENCE

    def as_row(self) -> dict[str, Any]:
        """The line of a file that `load_scripts` reads."""
        turns = [asdict(turn) for turn in self.turns]
        return {"id": self.id, "persona": self.persona, "kind": self.kind, "topic": self.topic, "turns": turns}


def load_scripts(folder: Path = SHIPPED) -> list[Script]:
    """All scripts of a folder of `<persona>.jsonl`, by file name. Raises InputError on a bad one."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise InputError(f"scripts: found no .jsonl in {folder}; give a folder with one file a persona")
    scripts = []
    for file in files:
        with file.open(encoding="utf-8") as lines:
            scripts += [script_from_row(row, file.name) for row in read_jsonl(lines, file.name)]
    return scripts


def gather_scripts(folders: Sequence[Path] = ()) -> list[Script]:
    """The shipped scripts and those of more folders. Raises InputError where an id comes twice."""
    scripts = [script for folder in (SHIPPED, *folders) for script in load_scripts(folder)]
    twice = [name for name, count in Counter(script.id for script in scripts).items() if count > 1]
    if twice:
        raise InputError(f"scripts: id {twice[0]!r} comes more than once; every script needs an id of its own")
    return scripts


def script_from_row(row: Mapping[str, Any], file: str) -> Script:
    """One line of a file of scripts. Raises InputError naming what is wrong with it."""
    try:
        turns = tuple(ScriptTurn(t["role"], t["speech"], t["motion"], t["emotion"]) for t in row["turns"])
        script = Script(row["id"], row["persona"], row["kind"], row["topic"], turns, split_of(row["id"]))
    except (KeyError, TypeError) as error:
        raise InputError(f"{file}, script {row.get('id')}: field {error} is missing or of the wrong type") from error
    for index, turn in enumerate(turns):
        wanted = ("user", "agent")[index % 2]
        if turn.role != wanted:
            raise InputError(f"{file}, script {script.id}: turn {index} is of {turn.role!r}, expected {wanted!r}")
        if turn.role == "agent" and not turn.speech.strip():
            raise InputError(
                f"{file}, script {script.id}: the agent's turn {index} has no speech; every reply says something"
            )
    return script
