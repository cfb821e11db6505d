"""What a session on the compute thread has for its client: values that cross to the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from solami.frames import StageSpent, TextKind
from solami.stream_server.settings import SessionSettings

ReplyStatus = Literal["completed", "cancelled", "incomplete", "failed"]


@dataclass(frozen=True, slots=True)
class Configured:
    """These settings hold."""

    settings: SessionSettings


@dataclass(frozen=True, slots=True)
class SpeechEdge:
    """The user's voice began or ended, on the clock of the user's audio."""

    kind: Literal["started", "stopped"]
    at_ms: float


@dataclass(frozen=True, slots=True)
class InputTimeout:
    """Nobody spoke for so long after a reply, on the clock of the user's audio; the silence is the user's turn."""

    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The user's turn of this number is over."""

    turn: int


@dataclass(frozen=True, slots=True)
class InputCleared:
    """The open turn is dropped."""


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """A reply begins. `at_s`: the commit, or the end-of-turn decision, where the latency clock starts."""

    epoch: int
    at_s: float
    endpoint_planned_ms: float
    endpoint_spent_ms: float


@dataclass(frozen=True, slots=True)
class ReplyAudio:
    """PCM16 that starts at `sample`. `is_loud`: holds a sample above -40 dBFS."""

    epoch: int
    pcm: bytes
    sample: int
    is_loud: bool


@dataclass(frozen=True, slots=True)
class ReplyMotion:
    """Poses as the wire has them, and the codes that they were decoded from."""

    epoch: int
    poses: bytes
    frames: int
    sample: int
    codes: bytes = b""


@dataclass(frozen=True, slots=True)
class ReplyVisemes:
    """Mouth shapes as the wire has them."""

    epoch: int
    weights: bytes
    sample: int


@dataclass(frozen=True, slots=True)
class IdlePoses:
    """Poses of no reply; `sample` counts output samples since the session's first idle beat."""

    poses: bytes
    frames: int
    sample: int
    codes: bytes = b""


@dataclass(frozen=True, slots=True)
class UserBody:
    """The user's whole body as it was made of three points; `sample` counts output samples since the first pose."""

    poses: bytes
    sample: int


@dataclass(frozen=True, slots=True)
class ReplyText:
    """A piece of what the character says or does, or of what it heard and saw."""

    epoch: int
    kind: TextKind
    text: str


@dataclass(frozen=True, slots=True)
class ReplyStage:
    """A stage of the latency budget took time."""

    epoch: int
    spent: StageSpent


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The reply is over."""

    epoch: int
    status: ReplyStatus
    token_ids: tuple[int, ...]
    compute_s: float
    rules: tuple[str, ...] = ()  # degradation rules that fired, in order
    was_tried: bool = False  # begun at a pause, before the turn was known to be over
    dry: int = 0  # times the client is thought to have had nothing to play


@dataclass(frozen=True, slots=True)
class Truncated:
    """The conversation holds the reply up to here, and nothing of it behind."""

    epoch: int
    audio_end_ms: float


@dataclass(frozen=True, slots=True)
class ItemsDropped:
    """The context is bounded: what the model no longer holds. Ids of items, as the session's events have them."""

    to_words: tuple[str, ...]  # voice and motion are gone, words are kept
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """An error for the client; `epoch` is that of the reply that failed with it, 0 for none."""

    code: str
    message: str
    epoch: int = 0
    retry_after_s: float | None = None


Output = (
    Configured
    | SpeechEdge
    | InputTimeout
    | TurnEnded
    | InputCleared
    | ReplyStarted
    | ReplyAudio
    | ReplyMotion
    | ReplyVisemes
    | ReplyText
    | ReplyStage
    | ReplyEnded
    | Truncated
    | IdlePoses
    | UserBody
    | ItemsDropped
    | Failed
)
