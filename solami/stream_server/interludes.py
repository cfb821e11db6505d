"""The character's body while no reply moves it: idling, listening, and a nod while a reply is late.

Says when a beat is due in the dialogue as it stands; when beats follow each other is the business of `idling`.
"""

from __future__ import annotations

from collections.abc import Callable

from solami.stream_server.budget import FILLER
from solami.stream_server.dialogue import Dialogue
from solami.stream_server.idling import Idles
from solami.stream_server.outputs import Output

FILLER_DELAY_S = 0.15  # an idle beat costs the reply that is awaited 12 ms: it has until shortly before poses run out


class Interludes:
    """One session's."""

    def __init__(self, dialogue: Dialogue, emit: Callable[[Output], None]) -> None:
        self._dialogue, self._emit = dialogue, emit

    def due_s(self, now_s: float) -> float | None:
        """When the next beat must be sent; none where there are none, or once a reply moves the body."""
        dialogue = self._dialogue
        is_wanted = dialogue.settings.idle_motion and (self._is_late() or dialogue.phase in ("idle", "listening"))
        if not is_wanted or not isinstance(dialogue.conversation, Idles):
            return None
        due_s = dialogue.idling.due_s(dialogue.answering.ends_s(now_s))
        return due_s + FILLER_DELAY_S if self._is_late() else due_s

    def show(self, now_s: float) -> None:
        """Send one beat; while a reply is late, with a nod that fills the time."""
        dialogue, is_filler = self._dialogue, self._is_late()
        assert isinstance(dialogue.conversation, Idles)
        if is_filler:
            dialogue.idling.nod()
        listening = is_filler or dialogue.phase == "listening"
        beat = dialogue.idling.beat(dialogue.conversation, now_s, dialogue.answering.ends_s(now_s), listening)
        if beat is not None:
            self._emit(beat)
            if is_filler:
                dialogue.answering.fire(FILLER)

    def _is_late(self) -> bool:
        """Whether a reply is given that does not move the body yet."""
        reply = self._dialogue.answering.reply
        return self._dialogue.phase == "replying" and reply is not None and not reply.source.has_moved
