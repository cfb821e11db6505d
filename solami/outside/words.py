"""Words that come from elsewhere while a reply goes on: one thread writes them, the compute thread takes what is there.

Taking never waits. `on_news` is called after every change, from the writing thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

State = Literal["coming", "finished", "failed"]


class WordStream:
    """The text of one answer."""

    def __init__(self, on_news: Callable[[], None] = lambda: None) -> None:
        self._on_news = on_news
        self._change = threading.Condition()
        self._text = ""
        self._has_begun = False
        self._state: State = "coming"
        self.is_cancelled = False  # nobody waits for it any more

    @property
    def state(self) -> State:
        """Whether more may come; `failed`: nothing came and nothing will."""
        return self._state

    def write(self, text: str) -> None:
        """From the writer: more text."""
        with self._change:
            if self._state == "coming":
                self._text += text
                self._has_begun = self._has_begun or bool(text.strip())
            self._change.notify_all()
        self._on_news()

    def finish(self) -> None:
        """From the writer: that was all. An answer without a word has failed."""
        with self._change:
            if self._state == "coming":
                self._state = "finished" if self._has_begun else "failed"
            self._change.notify_all()
        self._on_news()

    def finish_unless_begun(self) -> None:
        """From a clock: the first word is late."""
        if not self._has_begun:
            self.finish()

    def take(self) -> str:
        """What came since the last call."""
        with self._change:
            text, self._text = self._text, ""
        return text

    def wait(self, timeout_s: float) -> None:
        """Until something changes; for callers that have a thread to spare."""
        with self._change:
            if self._state == "coming" and not self._text:
                self._change.wait(timeout_s)

    def cancel(self) -> None:
        """From the reader: stop."""
        self.is_cancelled = True
        self.finish()
