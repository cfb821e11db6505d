"""The datasheet of a folder of talks: what is in it, how it was made, what it is good for and what it lacks."""

from __future__ import annotations

from collections import Counter
from typing import Any

from solami.training.talk_rows import SCHEMA

SHEET = """\
# SynMSI-open: talks between a person and a character in virtual reality

{talks} talks, {turns} turns, {hours} hours of beats of 0.4 s. Fingerprint `{fingerprint}`.

## What a row holds
One talk: the script as written (role, speech, motion caption, emotion of every turn) and the same turns as words, \
placements and beats of codes, clause by clause. Codes are of the tokenizers the run was made with and mean nothing to \
others. Columns:

```
{columns}
```

## How many
{counts}

## How it was made
Scripts were written by hand or by a chat model and checked. The character's clauses are spoken by one synthesiser, \
users' lines by many synthetic voices. Motion is retrieved by caption among captured train clips and procedural takes, \
preferring gestures that end with their line; both people walk through one scene, from which placements are read. All \
motion is of train clips, also in held-out talks: those are held out by their words.

## What was dropped
{dropped}

## What it lacks
No human speech and no conversation that took place. Synthetic voices are few and American or British. Free captions \
that no clip shows become talking or standing. Two people never move at the same time, but in recorded pairs.

## Use
For training and testing characters that talk and move. Scripts carry their licence in each row; motion codes derive \
from clips under the licences of the motion pack used. The safety list keeps out the plainest harm only: read before \
you ship.
"""
COUNTED = {
    "split": "split",
    "persona": "persona",
    "kind": "kind of talk",
    "licence": "licence of the script",
    "shares": "share of turns",
}


def datasheet(report: dict[str, Any]) -> str:
    """Markdown for people who did not make the data."""
    dropped = Counter(fault["reason"] for fault in report["dropped"])
    return SHEET.format(
        **{name: report[name] for name in ("talks", "turns", "hours", "fingerprint")},
        columns="\n".join(f"{field.name}: {field.type}" for field in SCHEMA),
        counts="\n".join(_table(title, report[name]) for name, title in COUNTED.items()),
        dropped=_table("reason", dict(dropped)) if dropped else "Nothing.",
    )


def _table(name: str, counts: dict[str, Any]) -> str:
    rows = "\n".join(f"| {key} | {value} |" for key, value in counts.items())
    return f"\n| {name} | |\n|---|---|\n{rows}"
