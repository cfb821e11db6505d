"""Which scripts may be learned from: what is wrong with a script, and why it is dropped. Mends nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from solami.datasets.scripts import WORDS_PER_S, Script, ScriptTurn, gather_scripts
from solami.datasets.staging import Stage
from solami.strict import Strict

Reason = Literal["length", "spelling", "safety", "duplicate", "overlap", "pace", "codes"]
SAFETY = Path(__file__).parent / "safety.txt"
LONG_LINE = 5  # words; shorter lines are common property


class Rules(Strict):
    """What a script must keep to."""

    max_turns: int = 16
    max_words: int = 24  # of a line
    max_caption_words: int = 16
    max_overlap: float = 0.5  # of a train script's long lines that stand in held-out scripts too
    max_pace: float = 3.0  # seconds of a gesture for each second of its line and the second after it


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one script was dropped; the first reason found."""

    script: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Validated:
    """The scripts that passed, and what was wrong with the others."""

    kept: list[Script]
    dropped: list[Fault]

    def report(self) -> dict[str, Any]:
        """JSON-ready: how many of each split passed, how many fell for which reason, and each fault."""
        return {
            "kept": dict(Counter(script.split for script in self.kept)),
            "dropped": dict(Counter(fault.reason for fault in self.dropped)),
            "faults": [asdict(fault) for fault in self.dropped],
        }


def validate(
    scripts: Sequence[Script],
    rules: Rules | None = None,
    gesture_seconds: Callable[[ScriptTurn], float | None] = lambda _: None,
) -> Validated:
    """Sort scripts into kept and dropped.

    Args:
        scripts: of every split; held-out ones stay clear of train ones, never the other way round.
        rules: the limits.
        gesture_seconds: how long the motion of an agent's turn lasts; None where nothing shows its caption.
    """
    rules = rules or Rules()
    held = {_key(turn.speech) for script in scripts if script.split != "train" for turn in script.turns}
    seen: dict[tuple[str, ...], str] = {}
    kept, dropped = [], []
    for script in scripts:
        talk = tuple(_key(turn.speech) for turn in script.turns)
        fault = (
            _length(script, rules)
            or _spelling(script)
            or _safety(script)
            or (("duplicate", f"says what {seen[talk]} says") if talk in seen else None)
            or (_overlap(script, held, rules) if script.split == "train" else None)
            or _pace(script, rules, gesture_seconds)
        )
        if fault:
            dropped.append(Fault(script.id, *fault))
            continue
        seen[talk] = script.id
        kept.append(script)
    return Validated(kept, dropped)


def usable_scripts(stage: Stage | None = None, folders: Sequence[Path] = ()) -> Validated:
    """The shipped scripts and those of more folders, validated; with a stage also for gestures that outlast lines."""
    scripts = gather_scripts(folders)
    return validate(scripts) if stage is None else validate(scripts, gesture_seconds=stage.gesture_seconds)


Found = tuple[Reason, str] | None


def _length(script: Script, rules: Rules) -> Found:
    if not 2 <= len(script.turns) <= rules.max_turns or len(script.turns) % 2:
        return "length", f"{len(script.turns)} turns, expected an even number from 2 to {rules.max_turns}"
    for turn in script.turns:
        for text, most in ((turn.speech, rules.max_words), (turn.motion, rules.max_caption_words)):
            if len(text.split()) > most:
                return "length", f"{len(text.split())} words in {text!r}, expected at most {most}"
        if not turn.speech.strip() and not turn.motion.strip():
            return "length", "a turn in which nothing is said and nothing is done"
    return None


def _spelling(script: Script) -> Found:
    for turn in script.turns:
        for text in (turn.speech, turn.motion):
            if strange := re.search(r"[^\x20-\x7e]|[0-9<>{}\[\]|\\^~`*_#@]", text):
                return "spelling", f"{strange[0]!r} in {text!r}; voices read plain words"
    return None


def _safety(script: Script) -> Found:
    for turn in script.turns:
        if found := _unsafe().search(f"{turn.speech} {turn.motion}".lower()):
            return "safety", f"{found[0]!r} is on the safety list"
    return None


def _overlap(script: Script, held: set[str], rules: Rules) -> Found:
    lines = [_key(turn.speech) for turn in script.turns if len(turn.speech.split()) >= LONG_LINE]
    shared = sum(line in held for line in lines)
    if lines and shared / len(lines) > rules.max_overlap:
        return "overlap", f"{shared} of {len(lines)} long lines stand in held-out scripts"
    return None


def _pace(script: Script, rules: Rules, gesture_seconds: Callable[[ScriptTurn], float | None]) -> Found:
    for turn in script.turns:
        seconds = gesture_seconds(turn) if turn.role == "agent" and turn.motion else None
        pace = (seconds or 0.0) / (len(turn.speech.split()) / WORDS_PER_S + 1)
        if pace > rules.max_pace:
            return "pace", f"{turn.motion!r} lasts {seconds:.1f} s, far longer than {turn.speech!r}"
    return None


@cache
def _unsafe() -> re.Pattern[str]:
    lines = SAFETY.read_text(encoding="utf-8").splitlines()
    words = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return re.compile(r"\b(?:" + "|".join(words) + r")\b")


def _key(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))
