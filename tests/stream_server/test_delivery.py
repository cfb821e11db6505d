"""Messages on their way to a client that comes and goes; over sockets in test_hosting."""

import asyncio

import pytest

from solami.errors import ProtocolError
from solami.stream_server.attachment import Ending
from solami.stream_server.delivery import Delivery
from solami.stream_server.outgoing import Outgoing
from solami.stream_server.protocol import CloseCode

MESSAGES = [Outgoing(text) for text in ("one", "two", "three")]


def test_a_connection_gets_what_the_client_lacks() -> None:
    """Messages come in order from the first that the client has not, those of later too."""

    async def run() -> None:
        delivery = Delivery(60.0, 10_000)
        delivery.post(MESSAGES[:2])
        first = delivery.attach(0)
        assert (await delivery.next(first)).message is MESSAGES[0]
        assert delivery.sent(first) is not None and delivery.lacking(first) == 1
        second = delivery.attach(0)
        assert first.ending.result().is_final is False and not delivery.serves(first)
        assert (await delivery.next(second)).message is MESSAGES[0]
        assert delivery.sent(second) is None, "it was sent before"
        for expected in MESSAGES[1:]:
            waiting = asyncio.create_task(delivery.next(second))
            await asyncio.sleep(0)
            if expected is MESSAGES[2]:
                assert not waiting.done()
                delivery.post([expected])
            assert (await waiting).message is expected
            delivery.sent(second)

    asyncio.run(run())


def test_whoever_waits_for_the_client_is_woken() -> None:
    """`until_taken` ends when all is sent, and when the client is gone."""

    async def run() -> None:
        delivery = Delivery(60.0, 10_000)
        delivery.post(MESSAGES[:1])
        await delivery.until_taken()  # nobody is there
        attachment = delivery.attach(0)
        for is_sent in (True, False):
            waiting = asyncio.create_task(delivery.until_taken())
            await asyncio.sleep(0)
            assert not waiting.done() and delivery.is_behind
            if is_sent:
                delivery.sent(attachment)
            else:
                delivery.detach()
            await waiting
            delivery.post(MESSAGES[1:2])

    asyncio.run(run())


def test_what_is_not_kept_cannot_be_resumed() -> None:
    """A client that lacks a message which is gone, or has one that was never sent, is refused."""

    async def run() -> None:
        delivery = Delivery(60.0, 200)
        delivery.post(MESSAGES)
        for received in (0, 3):
            with pytest.raises(ProtocolError, match="no longer kept"):
                delivery.attach(received)
        assert delivery.is_lost

    asyncio.run(run())


def test_an_ending_reaches_the_connection_that_is_there() -> None:
    """The present connection is told to stop; without one nothing happens."""

    async def run() -> None:
        delivery, ending = Delivery(60.0, 10_000), Ending(CloseCode.NORMAL, "over")
        delivery.end(ending)
        attachment = delivery.attach(0)
        delivery.end(ending)
        assert attachment.ending.result() is ending

    asyncio.run(run())
