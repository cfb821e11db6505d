"""Turns and the items that events name."""

from solami.stream_server.turn_log import TurnLog


def test_items_are_those_of_the_present_conversation() -> None:
    """After a failure the new conversation counts from 1 while the session's items go on."""
    log = TurnLog()
    assert log.ended() == 1
    log.answered(1)
    assert log.ended() == 2
    log.answered(2)
    assert (log.items(1), log.items(2)) == (("item_u1", "item_r1"), ("item_u2", "item_r2"))
    log.new_conversation()
    assert log.ended() == 3
    assert log.items(1) == ("item_u3",)


def test_a_restart_counts_anew() -> None:
    """A client that asks for a new conversation starts with turn 1, of which no reply is known."""
    log = TurnLog()
    log.ended()
    log.answered(1)
    log.restart()
    assert log.ended() == 1
    assert log.items(1) == ("item_u1",)
