"""What `talk` and `demo` share."""

import io

from rich.console import Console

from solami.commands.conversing import show_turn


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
    }
    out = io.StringIO()
    show_turn(report, [], Console(file=out, width=100))
    text = out.getvalue()
    assert all(piece in text for piece in ("decode", "60", "41.2", "212.0", "first motion", "said: Hello", "[bold]hi"))
