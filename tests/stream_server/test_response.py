"""The bookkeeping of one response."""

from solami.stream_server.outputs import ReplyEnded, ReplyStarted
from solami.stream_server.response import Mark, Response


def test_latency_counts_to_the_first_loud_sample() -> None:
    """Quiet audio sets first_audio_ms only; later messages change nothing."""
    response = Response(ReplyStarted(1, 10.0, 0.0, 0.0))
    sent: list[tuple[Mark, float]] = [("motion", 10.05), ("audio", 10.1), ("loud_audio", 10.2), ("loud_audio", 10.3)]
    for mark, now_s in sent:
        response.sent(mark, now_s - 0.001, now_s)
    done = response.done(ReplyEnded(1, "completed", (5,), 0.0), 24000, 30.0)
    assert (done["first_motion_ms"], done["first_audio_ms"], done["response_latency_ms"]) == (50.0, 100.0, 200.0)
    assert {row["stage"]: row["spent_ms"] for row in done["budget"]}["send"] == 1.0
    assert done["rtf"] is None


def test_ids_are_told_apart_by_their_digest() -> None:
    """The same ids have the same digest, others another."""
    digests = [
        Response(ReplyStarted(1, 0.0, 0.0, 0.0)).done(ReplyEnded(1, "completed", ids, 0.0), 24000, 30.0)["ids_sha256"]
        for ids in ((1, 2), (1, 2), (2, 1))
    ]
    assert digests[0] == digests[1] != digests[2]


def test_what_made_a_reply_cheaper_is_told() -> None:
    """The rules that fired, in order, and whether it was begun before the turn was known to be over."""
    ended = ReplyEnded(1, "completed", (1,), 0.0, ("short_first_clause", "held_hands"), True)
    done = Response(ReplyStarted(1, 0.0, 0.0, 0.0)).done(ended, 24000, 30.0)
    assert done["rules"] == ["short_first_clause", "held_hands"]
    assert done["speculative"] is True
