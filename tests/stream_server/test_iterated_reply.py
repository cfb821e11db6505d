"""An iterator as a reply that goes on by itself."""

from collections.abc import Callable, Iterator

from solami.frames import OutputChunk, ReplyDone, TextDelta
from solami.stream_server.iterated_reply import IteratedReply


def _words(cancelled: Callable[[], bool]) -> Iterator[OutputChunk]:
    for word in ("a", "b", "c"):
        if cancelled():
            yield ReplyDone("cancelled", (1,), 0, 0)
            return
        yield TextDelta("said", word)
    yield ReplyDone("completed", (1, 2), 0, 0)


def _all(reply: IteratedReply) -> list[OutputChunk]:
    given: list[OutputChunk] = []
    while not reply.is_done:
        assert reply.wanted() is None
        given += reply.take(None)
    return given


def test_chunks_come_one_by_one() -> None:
    """Everything is given once, in order, and ReplyDone ends it."""
    given = _all(IteratedReply(_words))
    assert [c.text for c in given if isinstance(c, TextDelta)] == ["a", "b", "c"]
    assert given[-1] == ReplyDone("completed", (1, 2), 0, 0)


def test_a_cancelled_one_gives_its_end() -> None:
    """The iterator sees the cancel; what it still gives but its end is dropped."""
    reply = IteratedReply(_words)
    reply.take(None)
    assert reply.cancel() == [ReplyDone("cancelled", (1,), 0, 0)]
    assert reply.is_done


def test_an_iterator_that_just_ends_is_done() -> None:
    """Without ReplyDone there is nothing more to come either."""
    reply = IteratedReply(lambda _: iter([TextDelta("said", "a")]))
    assert len(_all(reply)) == 1
