"""The log of messages, without a socket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solami.errors import ProtocolError
from solami.stream_server.outgoing import Outgoing, OutgoingLog


def _log(count: int, keep_s: float = 60.0, max_bytes: int = 1 << 20) -> OutgoingLog:
    log = OutgoingLog(keep_s, max_bytes)
    for number in range(1, count + 1):
        log.append(Outgoing(f"message {number}"), float(number))
    return log


@given(st.integers(1, 30), st.data())
def test_every_message_that_is_not_forgotten_is_there(count: int, data: st.DataObject) -> None:
    """After an acknowledgement exactly the later messages can be had, each under its number."""
    log = _log(count)
    log.sent = data.draw(st.integers(0, count))
    received = data.draw(st.integers(0, log.sent))
    log.forget(received)
    assert log.first == received + 1 and log.get(count + 1) is None
    for number in range(1, count + 1):
        if number <= received:
            with pytest.raises(ProtocolError, match="no longer kept"):
                log.get(number)
        else:
            entry = log.get(number)
            assert entry is not None and entry.message.data == f"message {number}"


def test_age_drops_only_what_was_sent() -> None:
    """Messages older than the log keeps them go, unless no connection has had them."""
    log = _log(10, keep_s=3.0)
    log.sent = 4
    log.expire(now_s=100.0)
    assert log.first == 5
    log.sent = 10
    log.expire(now_s=12.0)
    assert log.first == 9


def test_bytes_are_bounded() -> None:
    """Beyond its bytes the log drops the oldest, and says so when nobody had them."""
    size = Outgoing("message 1").size
    log = _log(9, max_bytes=5 * size)
    assert log.first == 5 and log.is_lost
    log.sent = 4
    assert not log.is_lost


def test_nobody_acknowledges_the_future() -> None:
    """A client cannot have what was not sent."""
    log = _log(3)
    log.sent = 2
    with pytest.raises(ProtocolError) as caught:
        log.forget(3)
    assert caught.value.code == "invalid_event" and log.first == 1
