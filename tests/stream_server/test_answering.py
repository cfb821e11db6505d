"""The character's side of a session."""

import numpy as np
import pytest

from solami.stream_server import outputs as op
from solami.stream_server.answering import TRIAL_DELAY_S, Answering, reply_seed
from solami.stream_server.load import Load
from solami.stream_server.pacing import Pacing


def build(stage):  # type: ignore[no-untyped-def]
    """An answering session whose user's turn has ended, and what it said."""
    out: list[op.Output] = []
    answering = Answering(out.append, 16000, Load(Pacing()), stage.clock)
    conversation = stage.backend.open("ada", 0)
    conversation.begin_turn(speech=True, body=False)
    conversation.push_audio(np.zeros(6400, np.float32))
    conversation.end_turn()
    return answering, conversation, out


def step(answering: Answering, stage, count: int) -> None:  # type: ignore[no-untyped-def]
    """So many ids."""
    for _ in range(count):
        if answering.need(stage.clock()) is None:
            return
        assert answering.reply is not None
        (token_id,) = stage.backend.draw([answering.reply.source.wanted()])
        answering.take(token_id, 0.0)


def test_a_reply_in_time_is_not_cheapened(stage) -> None:  # type: ignore[no-untyped-def]
    """One that begins at once keeps its words; one that begins late has a shorter first clause and says so."""
    clauses = []
    for late_s in (0.0, 0.5):
        answering, conversation, out = build(stage)
        answering.start(conversation, 1, 16000, stage.clock() - late_s)
        step(answering, stage, 10_000)
        ended = out[-1]
        assert isinstance(ended, op.ReplyEnded)
        assert ended.rules == (("short_first_clause",) if late_s else ())
        moved = [isinstance(o, op.ReplyMotion) for o in out].index(True)
        said = [o.text for o in out[:moved] if isinstance(o, op.ReplyText) and o.kind == "said"]
        clauses.append("".join(said))
        conversation.close()
    assert clauses[0].startswith(clauses[1])
    assert len(clauses[1]) < len(clauses[0])


def test_a_reply_on_trial_gives_nothing_until_it_is_confirmed(stage) -> None:  # type: ignore[no-untyped-def]
    """It stops behind its first beat, less urgent than any other; confirmed, all of it comes, and the rest follows."""
    answering, conversation, out = build(stage)
    answering.try_out(conversation, 1, 16000)
    need = answering.need(stage.clock())
    assert need is not None
    assert need.deadline_s == stage.clock() + TRIAL_DELAY_S
    step(answering, stage, 10_000)
    assert out == []
    assert answering.playing(512) is None
    answering.confirm(stage.clock())
    answering.flush()
    kinds = [type(o) for o in out]
    assert kinds.index(op.ReplyMotion) < kinds.index(op.ReplyAudio)
    step(answering, stage, 10_000)
    tried = out[-1]
    assert isinstance(tried, op.ReplyEnded)
    assert tried.was_tried
    conversation.close()
    other, conversation, plain = build(stage)
    other.start(conversation, 1, 16000, stage.clock())
    step(other, stage, 10_000)
    assert isinstance(plain[-1], op.ReplyEnded)
    assert plain[-1].token_ids == tried.token_ids
    assert [o.pcm for o in plain if isinstance(o, op.ReplyAudio)] == [
        o.pcm for o in out if isinstance(o, op.ReplyAudio)
    ]
    conversation.close()


def test_a_withdrawn_trial_leaves_no_epoch(stage) -> None:  # type: ignore[no-untyped-def]
    """The client never hears of it: the next reply has the number it would have had."""
    answering, conversation, out = build(stage)
    answering.try_out(conversation, 1, 16000)
    answering.withdraw()
    assert (answering.epoch, answering.reply, out) == (0, None, [])
    conversation.close()


def test_a_cancelled_reply_asks_for_no_step(stage) -> None:  # type: ignore[no-untyped-def]
    """The flag of the event loop stops it before the command comes."""
    answering, conversation, out = build(stage)
    answering.start(conversation, 1, 16000, stage.clock())
    answering.cancelled_epoch = 1
    assert answering.need(stage.clock()) is None
    answering.abandon()
    assert isinstance(out[-1], op.ReplyEnded)
    assert out[-1].status == "cancelled"
    conversation.close()


@pytest.mark.parametrize("turn", [1, 7])
def test_seeds_are_a_function_of_session_and_turn(turn: int) -> None:
    """The same twice, another for another session."""
    assert reply_seed(3, turn) == reply_seed(3, turn) != reply_seed(4, turn)
