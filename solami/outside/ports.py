"""What the pipeline needs of a brain and an ear outside: interfaces and the values that cross them. No network here."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal, Protocol

from solami.frames import FloatArray
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


class Listening(Protocol):
    """One turn of the user, as it is heard."""

    def push(self, samples: FloatArray) -> None:
        """The user's voice; returns at once."""

    def end(self) -> Future[str] | None:
        """The words of all that came; None where nothing did. The future fails when they come too late.

        The turn may go on and end again.
        """


class Ear(Protocol):
    """Something that writes down what the user said."""

    def listen(self, sample_rate: int) -> Listening:
        """To a turn that begins."""


class Bell:
    """Rings whenever something outside has changed."""

    def __init__(self) -> None:
        self.listener: Callable[[], None] = lambda: None

    def ring(self) -> None:
        """From any thread."""
        self.listener()
