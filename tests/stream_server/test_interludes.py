"""The body while no reply moves it."""

from types import SimpleNamespace
from typing import Any

import pytest

from solami.body.procedural import idle
from solami.frames import MotionChunk
from solami.stream_server import outputs as op
from solami.stream_server.idling import LEAD_S, Idling
from solami.stream_server.interludes import FILLER_DELAY_S, Interludes


class Idler:
    """Stands, and keeps how it was asked to."""

    def __init__(self) -> None:
        self.asked: list[tuple[bool, bool]] = []

    def idle(self, *, listening: bool, paused: bool) -> MotionChunk:
        """A beat."""
        self.asked.append((listening, paused))
        return idle(0.4, 30.0)


def build(phase: str, *, wanted: bool = True, moved: bool = False) -> tuple[Interludes, Any, list[op.Output]]:
    """A dialogue in this phase; its reply, if it replies, has moved the body or not."""
    told: list[op.Output] = []
    reply = SimpleNamespace(source=SimpleNamespace(has_moved=moved)) if phase == "replying" else None
    rules: list[str] = []
    answering = SimpleNamespace(reply=reply, ends_s=lambda now_s: 0.0, fire=rules.append, rules=rules)
    settings, idling = SimpleNamespace(idle_motion=wanted), Idling(24_000)
    dialogue: Any = SimpleNamespace(
        phase=phase, settings=settings, idling=idling, answering=answering, conversation=Idler()
    )
    return Interludes(dialogue, told.append), dialogue, told


@pytest.mark.parametrize(
    ("phase", "wanted", "moved"), [("idle", False, False), ("ready", True, False), ("replying", True, True)]
)
def test_nothing_is_shown_where_a_reply_moves_or_nobody_asked(phase: str, wanted: bool, moved: bool) -> None:
    """Without idle_motion, while a reply is about to begin, and once it moves, nothing is due."""
    assert build(phase, wanted=wanted, moved=moved)[0].due_s(10.0) is None


@pytest.mark.parametrize(("phase", "listens"), [("idle", False), ("listening", True)])
def test_the_body_stands_and_listens(phase: str, listens: bool) -> None:
    """Beats follow each other shortly before the last one ends, and know whether the user speaks."""
    interludes, dialogue, told = build(phase)
    interludes.show(10.0)
    assert interludes.due_s(10.0) == pytest.approx(10.4 - LEAD_S)
    assert dialogue.conversation.asked == [(listens, False)]
    assert [type(output) for output in told] == [op.IdlePoses]
    assert dialogue.answering.rules == []


def test_a_late_reply_is_filled_with_a_nod() -> None:
    """The beat comes as late as it can, nods, and the reply's rules name it."""
    interludes, dialogue, told = build("replying")
    assert interludes.due_s(10.0) == pytest.approx(FILLER_DELAY_S - LEAD_S)
    interludes.show(10.0)
    assert dialogue.conversation.asked == [(True, True)]
    assert len(told) == 1
    assert dialogue.answering.rules == ["filler_gesture"]
