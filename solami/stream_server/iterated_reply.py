"""A reply that needs nobody to draw for it, an iterator of chunks, in the form of one that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from solami.frames import OutputChunk, ReplyDone


class IteratedReply:
    """Goes on by itself: it wants nothing drawn and takes None."""

    is_waiting = False
    has_moved = True

    def __init__(self, begin: Callable[[Callable[[], bool]], Iterator[OutputChunk]]) -> None:
        """Take what makes the iterator of the question whether the reply was cancelled."""
        self._is_cancelled = False
        self._items = begin(lambda: self._is_cancelled)
        self.is_done = False

    def wanted(self) -> None:
        """Nothing."""

    def take(self, token_id: int | None) -> list[OutputChunk]:
        """The next chunk; none, and done, where the iterator has ended without ReplyDone."""
        assert token_id is None, "nothing was wanted"
        item = next(self._items, None)
        self.is_done = item is None or isinstance(item, ReplyDone)
        return [] if item is None else [item]

    def cancel(self) -> list[OutputChunk]:
        """Its ReplyDone."""
        self._is_cancelled = self.is_done = True
        return [item for item in self._items if isinstance(item, ReplyDone)]
