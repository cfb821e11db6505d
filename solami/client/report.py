"""A recorded reply as files: sound, motion in every format, a picture and the numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from solami.audio.wav import write_wav
from solami.client.recording import ReplyRecording
from solami.frames import VISEMES


def report_of(reply: ReplyRecording, session: dict[str, Any]) -> dict[str, Any]:
    """The content of report.json. Times are milliseconds, first_* from the end of the input at the client."""
    done = reply.done
    return {
        "model": session["model"],
        "persona": session["persona"],
        "seed": session["seed"],
        "status": done["status"],
        "response_latency_ms": done.get("response_latency_ms"),
        "first_audio_ms": reply.first_audio_ms,
        "first_motion_ms": reply.first_motion_ms,
        "reply_seconds": round(len(reply.audio.samples) / reply.audio.sample_rate, 3),
        "rtf": done.get("rtf"),
        "motion_frames": len(reply.motion.rotations) if reply.motion else 0,
        "fps": done["fps"],
        "heard": reply.heard,
        "saw": reply.saw,
        "said": reply.said,
        "does": reply.does,
        "budget": done["budget"],
        "rules": done.get("rules", []),
        "output_tokens": done["usage"]["output_tokens"],
        "ids_sha256": done["ids_sha256"],
    }


def write_reply(reply: ReplyRecording, report: dict[str, Any], folder: Path) -> list[Path]:
    """Write reply.wav, reply.npz, .bvh, .glb, .png, .visemes.json and report.json; returns the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "reply.wav"]
    write_wav(written[0], reply.audio)
    if reply.motion is not None:
        written += _write_motion(reply, folder)
    if reply.visemes is not None:
        written.append(folder / "reply.visemes.json")
        rows = [[round(float(weight), 3) for weight in row] for row in reply.visemes.weights]
        values = {"names": VISEMES, "fps": reply.visemes.frame_rate, "weights": rows}
        written[-1].write_text(json.dumps(values) + "\n", encoding="utf-8")
    written.append(folder / "report.json")
    written[-1].write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return written


def _write_motion(reply: ReplyRecording, folder: Path) -> list[Path]:
    from solami.body.bvh import write_bvh
    from solami.body.glb import write_glb
    from solami.body.npz import write_motion
    from solami.body.picture import draw_reply

    assert reply.motion is not None
    npz, bvh, glb, png = (folder / f"reply.{ending}" for ending in ("npz", "bvh", "glb", "png"))
    write_motion(npz, reply.motion)
    write_bvh(bvh, reply.motion)
    write_glb(glb, reply.motion)
    draw_reply(reply.motion, reply.audio, png)
    return [npz, bvh, glb, png]
