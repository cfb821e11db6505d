"""What the event loop asks of a session on the compute thread: values that cross from the one to the other."""

from __future__ import annotations

from dataclasses import dataclass

from solami.body.trackers import TrackerChunk
from solami.frames import MotionChunk
from solami.stream_server.settings import SessionSettings


@dataclass(frozen=True, slots=True)
class Configure:
    """These settings from now on; another persona or seed begins a new conversation."""

    settings: SessionSettings


@dataclass(frozen=True, slots=True)
class AudioIn:
    """The user's voice, PCM16 at the declared rate."""

    pcm: bytes


@dataclass(frozen=True, slots=True, eq=False)
class MotionIn:
    """The user's body."""

    motion: MotionChunk


@dataclass(frozen=True, slots=True, eq=False)
class TrackersIn:
    """The user's headset and controllers."""

    trackers: TrackerChunk


@dataclass(frozen=True, slots=True)
class TextIn:
    """Words that the user typed."""

    text: str


@dataclass(frozen=True, slots=True)
class EndTurn:
    """The client ends the user's turn. `at_s`: when that arrived, on the clock of latencies."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Respond:
    """The client asks for a reply; an open turn ends. `at_s` as in EndTurn."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop the reply with this epoch, or what is left of its playback."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Playback:
    """The client has played the reply up to a sample of the output rate, at `at_s`."""

    epoch: int
    sample: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Truncate:
    """The client has heard so much of the reply and forgets the rest."""

    epoch: int
    heard_ms: float


@dataclass(frozen=True, slots=True)
class ClearInput:
    """Drop the open turn."""


Command = (
    Configure | AudioIn | MotionIn | TrackersIn | TextIn | EndTurn | Respond | Cancel | Playback | Truncate | ClearInput
)
