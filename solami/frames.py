"""Values that cross rooms: frozen dataclasses of read-only numpy arrays, checked once where they are made.

Alphabet of shapes: T time, J joints, K codebooks. `start_sample` stamps a chunk on the clock of its audio.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from solami.errors import InputError

Modality = Literal["speech", "body", "hands", "placement"]
TextKind = Literal["said", "heard", "saw", "does"]
FinishReason = Literal["completed", "cancelled", "max_tokens"]
FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]

NUM_JOINTS = 55
VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou")  # Oculus's 15


def _freeze(name: str, value: NDArray[np.generic], dtype: type[np.generic], shape: tuple[int | None, ...]) -> None:
    """Raise InputError unless `value` has this dtype and shape (None: any length); make it read-only."""
    fits = len(value.shape) == len(shape) and all(
        want in (None, got) for got, want in zip(value.shape, shape, strict=False)
    )
    if value.dtype != dtype or not fits:
        wanted = ["T" if n is None else n for n in shape]
        raise InputError(f"{name}: got {value.dtype}{list(value.shape)}, expected {np.dtype(dtype).name}{wanted}")
    value.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class AudioChunk:
    """A run of mono samples in [-1, 1]."""

    samples: FloatArray  # [T]
    sample_rate: int
    start_sample: int = 0  # of its first sample, counted at sample_rate

    def __post_init__(self) -> None:
        _freeze("AudioChunk.samples", self.samples, np.float32, (None,))


@dataclass(frozen=True, slots=True, eq=False)
class MotionChunk:
    """A run of poses: SMPL-X joints as in `skeleton.JOINT_NAMES`, right-handed, Y up, metres, left = +X facing +Z."""

    rotations: FloatArray  # [T, 55, 4] parent-relative unit quaternions xyzw; joint 0 is the pelvis in the world
    translation: FloatArray  # [T, 3] world position of the pelvis joint
    fps: float = 30.0
    start_sample: int = 0  # audio sample at which the first pose is shown, at the sample rate of the reply's audio
    codes: tuple[Codes, ...] = ()  # of body and hands that the poses were decoded from, where they were

    def __post_init__(self) -> None:
        _freeze("MotionChunk.rotations", self.rotations, np.float32, (None, NUM_JOINTS, 4))
        _freeze("MotionChunk.translation", self.translation, np.float32, (len(self.rotations), 3))


@dataclass(frozen=True, slots=True, eq=False)
class VisemeChunk:
    """A run of mouth shapes: how much of each viseme the face shows."""

    weights: FloatArray  # [T, 15] in the order of VISEMES, 0..1, each row adds up to 1
    frame_rate: float = 25.0
    start_sample: int = 0  # audio sample at which the first row is shown, at the sample rate of the reply's audio

    def __post_init__(self) -> None:
        _freeze("VisemeChunk.weights", self.weights, np.float32, (None, len(VISEMES)))


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where a person stands, seen from the other one's facing frame (Y up)."""

    distance_m: float  # horizontal, pelvis to pelvis
    bearing_rad: float  # direction to the person; 0 straight ahead, positive to the left, in [-pi, pi)
    facing_rad: float  # the person's heading relative to facing the other one; 0 = looks at them, in [-pi, pi)


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """What the vocabulary must know of one modality's codes."""

    modality: Modality
    codebook_size: int
    num_codebooks: int
    frame_rate: float  # code frames a second; 0 for codes that are not a stream (placement)

    @property
    def bits_per_s(self) -> float:
        """What the codes cost on a wire, without entropy coding."""
        return self.frame_rate * self.num_codebooks * math.log2(self.codebook_size)


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Codebook indices of one modality."""

    modality: Modality
    values: IntArray  # [K, T]
    frame_rate: float  # code frames a second

    def __post_init__(self) -> None:
        _freeze("Codes.values", self.values, np.int32, (None, None))


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of text: what the character says, what it heard, or what it saw."""

    kind: TextKind
    text: str


@dataclass(frozen=True, slots=True)
class StageSpent:
    """Milliseconds that one stage of the latency budget took in this turn."""

    stage: str
    spent_ms: float


@dataclass(frozen=True, slots=True)
class ReplyDone:
    """The end of one reply."""

    finish_reason: FinishReason
    token_ids: tuple[int, ...] = field(repr=False)  # every id generated for the reply, in order
    audio_samples: int  # at the speech tokenizer's sample rate
    motion_frames: int


OutputChunk = TextDelta | AudioChunk | MotionChunk | VisemeChunk | StageSpent | ReplyDone
