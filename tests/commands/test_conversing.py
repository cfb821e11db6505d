"""What `talk` and `demo` share."""

import io
from pathlib import Path

import numpy as np
from rich.console import Console

from solami.body.procedural import wave
from solami.body.tracker_files import write_trackers
from solami.commands.conversing import read_user_input, show_turn
from solami.training.three_points_data import Faults, simulate


def test_the_table_shows_plan_spent_and_words() -> None:
    """Stages with both figures, the latencies, what was said, and a missing number as a dash."""
    report = {
        "persona": "ada",
        "model": "m",
        "budget": [{"stage": "decode", "planned_ms": 60.0, "spent_ms": 41.25}],
        "response_latency_ms": 212.0,
        "first_motion_ms": None,
        "first_audio_ms": 210.0,
        "reply_seconds": 1.6,
        "motion_frames": 48,
        "fps": 30.0,
        "rtf": 0.4,
        "heard": "[bold]hi",
        "saw": "",
        "said": "Hello",
        "does": "waves",
    }
    out = io.StringIO()
    show_turn(report, [], Console(file=out, width=100))
    text = out.getvalue()
    assert all(
        piece in text
        for piece in ("decode", "60", "41.2", "212.0", "first motion", "said: Hello", "does: waves", "[bold]hi")
    )


def test_a_file_of_three_points_becomes_the_users_body(tmp_path: Path) -> None:
    """An npz with head, left and right is solved by the packaged model; its poses come at 30 fps."""
    write_trackers(tmp_path / "user.npz", simulate(wave(1.0), 0.9, Faults(), np.random.default_rng(0)))
    motion = read_user_input(None, None, tmp_path / "user.npz").motion
    assert motion is not None
    assert motion.fps == 30
    assert 27 <= len(motion.rotations) <= 30
    assert np.isfinite(motion.rotations).all()
