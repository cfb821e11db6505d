"""A talk as a row of a table: the script's words and captions, and every turn as words, places and beats of codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from solami.datasets.scripts import Script
from solami.frames import Codes
from solami.llm.training_forms import TrainingTurn
from solami.llm.turns import BEAT_SECONDS, AgentTurn, Beat, Clause, Heard, UserTurn

_CODES = pa.list_(pa.uint16())  # [K, T] flattened, book after book of each beat
_PART = pa.struct(
    [
        pa.field("kind", pa.string(), nullable=False),  # beats, say, heard or saw
        pa.field("text", pa.string(), nullable=False),
        pa.field("does", pa.string(), nullable=False),  # of a turn's first clause: what the body does from here on
        pa.field("placement", _CODES),  # of a clause: where the character will stand, seen by the user
        pa.field("beats", pa.uint16(), nullable=False),  # 0.4 s each
        pa.field("body", _CODES),
        pa.field("hands", _CODES),
        pa.field("speech", _CODES),
    ]
)
_TURN = pa.struct(
    [
        pa.field("role", pa.string(), nullable=False),
        pa.field("has_speech", pa.bool_(), nullable=False),
        pa.field("has_body", pa.bool_(), nullable=False),
        pa.field("placement", _CODES),  # of a user's turn: where the user stands, seen by the character
        pa.field("emotion", pa.string(), nullable=False),
        pa.field("parts", pa.list_(_PART), nullable=False),
    ]
)
_LINE = pa.struct([pa.field(name, pa.string(), nullable=False) for name in ("role", "speech", "motion", "emotion")])
_HEAD = ("id", "persona", "kind", "topic", "split", "licence")
SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=False) for name in _HEAD),
        pa.field("seconds", pa.float32(), nullable=False),  # of all beats
        pa.field("script", pa.list_(_LINE), nullable=False),
        pa.field("turns", pa.list_(_TURN), nullable=False),
    ]
)


def talk_row(script: Script, turns: Sequence[TrainingTurn]) -> dict[str, Any]:
    """The row of one talk."""
    rows = [_turn(turn) for turn in turns if isinstance(turn, UserTurn | AgentTurn)]
    beats = sum(part["beats"] for row in rows for part in row["parts"])
    head = {name: getattr(script, name) for name in _HEAD}
    return {**head, "seconds": BEAT_SECONDS * beats, "script": script.as_row()["turns"], "turns": rows}


def _turn(turn: UserTurn | AgentTurn) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    run: list[Beat] = []
    for part in (*turn.parts, None):  # neighbouring beats of a user become one part
        if isinstance(part, Beat):
            run.append(part)
            continue
        if run:
            parts.append(_part("beats", "", None, run))
            run = []
        if isinstance(part, Clause):
            parts.append(_part("say", part.text, part.placement, part.beats) | {"does": part.does})
        elif part is not None:
            parts.append(_part("heard" if isinstance(part, Heard) else "saw", part.text, None, ()))
    is_user = isinstance(turn, UserTurn)
    return {
        "role": "user" if is_user else "agent",
        "has_speech": turn.speech,
        "has_body": turn.body,
        "placement": _flat(turn.placement) if isinstance(turn, UserTurn) else None,
        "emotion": "" if isinstance(turn, UserTurn) else turn.emotion,
        "parts": parts,
    }


def _part(kind: str, text: str, placement: Codes | None, beats: Sequence[Beat]) -> dict[str, Any]:
    codes: dict[str, Any] = {}
    for name in ("body", "hands", "speech"):
        values = [getattr(beat, name) for beat in beats]
        held = bool(values) and values[0] is not None
        codes[name] = np.concatenate([value.ravel() for value in values]).tolist() if held else None
    return {"kind": kind, "text": text, "does": "", "placement": _flat(placement), "beats": len(beats), **codes}


def _flat(codes: Codes | None) -> list[int] | None:
    return None if codes is None else [int(value) for value in codes.values.ravel()]
