"""A reply as files."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from solami.body.procedural import wave
from solami.client.recording import ReplyRecording
from solami.client.report import report_of, write_reply
from solami.frames import AudioChunk, VisemeChunk

DONE = {
    "status": "completed",
    "response_latency_ms": 210.0,
    "rtf": 0.4,
    "fps": 30.0,
    "budget": [{"stage": "send", "planned_ms": 10.0, "spent_ms": 1.0}],
    "usage": {"output_tokens": 4},
    "ids_sha256": "ab",
}
NAMES = ("reply.wav", "reply.npz", "reply.bvh", "reply.glb", "reply.png", "report.json")


def _reply(has_motion: bool) -> ReplyRecording:
    audio = AudioChunk(np.zeros(24000, np.float32), 24000)
    return ReplyRecording("hi", "you", "", "waves", audio, wave(1.0) if has_motion else None, DONE, 220.0, 200.0, ())


def test_every_file_is_written(tmp_path: Path) -> None:
    """Sound, motion in every format, the picture and the report are there and not empty."""
    reply = _reply(True)
    report = report_of(reply, {"model": "m", "persona": "ada", "seed": 0})
    assert (report["reply_seconds"], report["motion_frames"], report["said"]) == (1.0, 30, "hi")
    paths = write_reply(reply, report, tmp_path / "deep" / "out")
    assert [path.name for path in paths] == list(NAMES)
    assert all(path.stat().st_size > 100 for path in paths)
    assert json.loads(paths[-1].read_text()) == report


def test_mouth_shapes_are_a_file_of_their_own(tmp_path: Path) -> None:
    """Where the reply has visemes their names, rate and weights are written beside it."""
    row = np.eye(15, dtype=np.float32)[[0, 10]]
    reply = replace(_reply(False), visemes=VisemeChunk(row))
    assert [path.name for path in write_reply(reply, {}, tmp_path)][1] == "reply.visemes.json"
    written = json.loads((tmp_path / "reply.visemes.json").read_text())
    assert (written["names"][10], written["fps"], written["weights"]) == ("aa", 25.0, row.tolist())


def test_a_voice_without_a_body(tmp_path: Path) -> None:
    """Without motion there are sound and report only."""
    reply = _reply(False)
    report = report_of(reply, {"model": "m", "persona": "ada", "seed": 0})
    assert [path.name for path in write_reply(reply, report, tmp_path)] == ["reply.wav", "report.json"]
