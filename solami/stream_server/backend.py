"""What the server needs of the pipeline. It is injected: nothing in `stream_server` imports a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

from solami.body.trackers import TrackerChunk
from solami.frames import FloatArray, MotionChunk, OutputChunk, Placement
from solami.personas import PersonaCard


class Conversation(Protocol):
    """One session's compute, as `solami.pipeline.conversation` offers it."""

    def begin_turn(self, *, speech: bool, body: bool, placement: Placement | None = None) -> None: ...
    def drop_turn(self) -> None: ...
    def push_audio(self, samples: FloatArray) -> None: ...
    def push_motion(self, motion: MotionChunk) -> None: ...
    def push_text(self, text: str) -> None: ...
    def end_turn(self) -> None: ...
    def reply(
        self,
        *,
        seed: int,
        max_seconds: float = 20.0,
        min_seconds: float = 0.0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[OutputChunk]: ...
    def truncate(self, heard_samples: int) -> None: ...
    def close(self) -> None: ...


@runtime_checkable
class SolvesTrackers(Protocol):
    """A conversation that makes a user's body from headset and controllers."""

    def solve(self, trackers: TrackerChunk) -> MotionChunk | None:
        """The poses that became ready; none where the model has no solver."""


class LiveReply(Protocol):
    """A reply that is going on: it says what it wants drawn, and takes the id."""

    @property
    def is_done(self) -> bool: ...
    @property
    def is_waiting(self) -> bool:
        """Whether it can go no further for now."""

    @property
    def has_moved(self) -> bool:
        """Whether it has given motion."""

    def wanted(self) -> Any:
        """What the backend must draw; None where nothing needs to be drawn."""

    def take(self, token_id: int | None) -> list[OutputChunk]:
        """The drawn id; returns what it completes, ReplyDone at the end."""

    def cancel(self) -> list[OutputChunk]:
        """End it; returns its ReplyDone."""


@runtime_checkable
class HeldReply(LiveReply, Protocol):
    """A reply that may be begun before it is sure to be given, and made cheaper while it goes on."""

    holds_hands: bool  # whether the hands stay as they are

    def hold(self) -> None:
        """Give nothing until `release`."""

    def release(self) -> list[OutputChunk]:
        """What was held."""


@runtime_checkable
class RepliesStepwise(Protocol):
    """A conversation whose replies are drawn by the server, those of many sessions in one step."""

    def begin_reply(self, *, seed: int, first_clause_tokens: int | None = None) -> HeldReply: ...


@runtime_checkable
class TriesTurns(RepliesStepwise, Protocol):
    """A conversation that can end the user's turn on trial and begin to reply."""

    def pause_turn(self) -> float | None:
        """End the turn; returns how likely the user has finished, None where the model cannot tell."""

    def reopen_turn(self) -> None:
        """The user goes on: the turn is open as if it had not been paused, and a reply to it never was."""


@runtime_checkable
class DrawsTogether(Protocol):
    """A backend whose conversations reply stepwise."""

    def draw(self, wanted: Sequence[Any]) -> list[int]:
        """An id for each, in one step."""


@runtime_checkable
class WorksBeside(Protocol):
    """A backend of which some work goes on beside the compute thread."""

    def call_on_news(self, wake: Callable[[], None]) -> None:
        """Call this, from any thread, when a waiting reply may go on."""


class Forgotten(Protocol):
    """What a conversation let go of to stay within its context: the user's turns, counted from 1."""

    @property
    def faded(self) -> tuple[int, ...]:
        """Those of which only words are left, and of the replies to them."""

    @property
    def gone(self) -> tuple[int, ...]:
        """Those of which nothing is left."""


@runtime_checkable
class Forgets(Protocol):
    """A conversation of bounded length."""

    def take_forgotten(self) -> Forgotten:
        """What was let go of since the last call."""


@runtime_checkable
class Revives(Protocol):
    """A conversation that can live again."""

    def revive(self, turns: int) -> None:
        """After a failure and `close`: go on with what was said in so many ended turns of the user."""


class Backend(Protocol):
    """A loaded model that opens conversations."""

    model: str
    sample_rate: int  # of the model's speech, in and out
    fps: float

    def personas(self) -> list[PersonaCard]: ...
    def open(self, persona: str, seed: int) -> Conversation:
        """A conversation with this persona. Raises ConfigError for an unknown one, CapacityError when full."""


@runtime_checkable
class GivesMotionCodes(Protocol):
    """A backend whose clients may decode motion themselves."""

    def motion_books(self) -> tuple[int, int, float] | None:
        """Body and hand codebooks and code frames a second; None where poses come from no codes."""

    def motion_decoder(self) -> bytes:
        """The decoder as an ONNX file. Raises ConfigError where it cannot be made."""
