"""The session's conversation: opened when it is needed, revived after a failure, replaced when the client asks.

Keeps the log of its turns with it. Whose turn it is, is the business of `dialogue`.
"""

from __future__ import annotations

from solami.errors import ConfigError
from solami.stream_server import backend as be
from solami.stream_server.outputs import ItemsDropped
from solami.stream_server.settings import SessionSettings
from solami.stream_server.turn_log import TurnLog


class Keeper:
    """Keeps one conversation at a time."""

    def __init__(self, backend: be.Backend) -> None:
        self._backend = backend
        self.conversation: be.Conversation | None = None
        self.log = TurnLog()
        self._lost: be.Conversation | None = None  # closed by a failure, and may live again
        self._was_revived = False  # since a reply last came to its end

    def check(self, persona: str) -> None:
        """Raises ConfigError for an unknown persona."""
        known = sorted(card.name for card in self._backend.personas())
        if persona not in known:
            raise ConfigError(f"no persona {persona!r}; expected one of: {', '.join(known)}")

    def begin(self, settings: SessionSettings) -> None:
        """A new conversation; the one before ends, before the next opens: the engine may have no slot to spare."""
        self.close()
        self._lost, self._was_revived = None, False
        self.log.restart()
        self.opened(settings)

    def opened(self, settings: SessionSettings) -> be.Conversation:
        """The conversation; after a failure the same again where that can be, else a fresh one."""
        if self.conversation is None:
            self.conversation = self._revived() or self._fresh(settings)
        return self.conversation

    def fail(self) -> None:
        """Free what the conversation holds. It may live again, but not if it fails again before a reply ends."""
        if self.conversation is not None:
            lost, self.conversation = self.conversation, None
            self._lost = None if self._was_revived else lost
            lost.close()

    def went_well(self) -> None:
        """A reply has come to its end."""
        self._was_revived = False

    def inherit(self, other: Keeper) -> None:
        """Take over what a keeper lost whose thread died."""
        self.log, self._lost = other.log, other._lost

    def close(self) -> None:
        """Free what the conversation holds."""
        if self.conversation is not None:
            self.conversation.close()
            self.conversation = None

    def take_dropped(self) -> ItemsDropped | None:
        """Which items the context let go of since the last call; None where it holds them all."""
        if not isinstance(self.conversation, be.Forgets):
            return None
        forgotten = self.conversation.take_forgotten()
        to_words = tuple(item for turn in forgotten.faded for item in self.log.items(turn))
        gone = tuple(item for turn in forgotten.gone for item in self.log.items(turn))
        return ItemsDropped(to_words, gone) if to_words or gone else None

    def _revived(self) -> be.Conversation | None:
        lost, self._lost = self._lost, None
        if not isinstance(lost, be.Revives):
            return None
        self._was_revived = True
        lost.revive(self.log.in_conversation)
        return lost

    def _fresh(self, settings: SessionSettings) -> be.Conversation:
        fresh = self._backend.open(settings.persona, settings.seed)
        self.log.new_conversation()
        return fresh
