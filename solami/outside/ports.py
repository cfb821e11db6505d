"""What the pipeline needs of a brain and an ear outside: interfaces and the values that cross them. No network here."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal, Protocol

from solami.frames import AudioChunk
from solami.outside.words import WordStream


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the conversation so far."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the brain is asked."""

    lines: Callable[[], tuple[Message, ...]]  # the character first, what the user just said last; may wait for the ear


class Brain(Protocol):
    """Something that finds the character's words."""

    turns: int  # of the conversation that it wants to know

    def ask(self, prompt: Prompt) -> WordStream:
        """Start an answer and return at once."""


class Ear(Protocol):
    """Something that writes down what the user said."""

    def hear(self, audio: AudioChunk) -> Future[str]:
        """Start to listen and return at once; the future fails when the words come too late."""


class Bell:
    """Rings whenever something outside has changed."""

    def __init__(self) -> None:
        self.listener: Callable[[], None] = lambda: None

    def ring(self) -> None:
        """From any thread."""
        self.listener()
