"""One response as the session sees it: its ids, its clock, its budget and the `response.done` they end in."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any, Literal

import numpy as np

from solami.stream_server.budget import Budget
from solami.stream_server.outputs import ReplyEnded, ReplyStarted

Mark = Literal["motion", "audio", "loud_audio"]  # what the sending of a message completes


class Response:
    """Bookkeeping of one response."""

    def __init__(self, started: ReplyStarted) -> None:
        self.epoch, self._at_s = started.epoch, started.at_s
        self.budget = Budget(started.endpoint_planned_ms)
        self.budget.add("endpoint", started.endpoint_spent_ms)
        self.audio_samples = 0
        self.motion_frames = 0
        self._latency_ms: dict[str, float] = {}

    @property
    def id(self) -> str:
        """The response's id on the wire."""
        return f"resp_{self.epoch}"

    def ids(self) -> dict[str, Any]:
        """The fields that OpenAI's delta events carry."""
        item_id = f"item_r{self.epoch}"
        return {"response_id": self.id, "item_id": item_id, "output_index": 0, "content_index": 0}

    def sent(self, mark: Mark, begun_s: float, now_s: float) -> None:
        """A message of this response has left; the first of each kind is kept."""
        if mark == "loud_audio" and "loud_audio" not in self._latency_ms:
            self.budget.add("send", 1000 * (now_s - begun_s))
        for name in ("audio", "loud_audio") if mark == "loud_audio" else (mark,):
            self._latency_ms.setdefault(name, 1000 * (now_s - self._at_s))

    def done(self, ended: ReplyEnded, output_rate: int, fps: float) -> dict[str, Any]:
        """The `response` object of `response.done`."""
        seconds = max(self.audio_samples / output_rate, self.motion_frames / fps)
        return {
            "id": self.id,
            "status": ended.status,
            "usage": {"output_tokens": len(ended.token_ids)},
            "ids_sha256": hashlib.sha256(np.asarray(ended.token_ids, "<i4").tobytes()).hexdigest(),
            "response_latency_ms": self._ms("loud_audio"),
            "first_audio_ms": self._ms("audio"),
            "first_motion_ms": self._ms("motion"),
            "rtf": round(ended.compute_s / seconds, 4) if seconds else None,
            "audio_samples": self.audio_samples,
            "output_audio_rate": output_rate,
            "motion_frames": self.motion_frames,
            "fps": fps,
            "rules": list(ended.rules),
            "speculative": ended.was_tried,
            "budget": [asdict(row) for row in self.budget.rows()],
        }

    def _ms(self, name: str) -> float | None:
        value = self._latency_ms.get(name)
        return None if value is None else round(value, 2)
