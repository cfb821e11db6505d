"""What a session consists of, as values: turns of words, places and beats of codes. `template` writes them as ids.

A beat is 0.4 s of every modality that its turn's header flags.
"""

from __future__ import annotations

from dataclasses import dataclass

from solami.errors import ConfigError, InputError
from solami.frames import Codes, IntArray, Modality
from solami.llm.vocabulary import Vocabulary

BEAT_SECONDS = 0.4
BEAT_MODALITIES: tuple[Modality, ...] = ("body", "hands", "speech")  # order in a beat: motion is never later than audio


@dataclass(frozen=True, slots=True, eq=False)
class Beat:
    """Codes of 0.4 s; a modality that the turn's header does not flag is None."""

    body: IntArray | None = None  # [K, 3] with the default tokenizers
    hands: IntArray | None = None  # [K, 3]
    speech: IntArray | None = None  # [K, 10]

    def get(self, modality: Modality) -> IntArray | None:
        """The codes of one modality."""
        return {"body": self.body, "hands": self.hands, "speech": self.speech}[modality]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the user said."""

    text: str


@dataclass(frozen=True, slots=True)
class Saw:
    """What the user's body did."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """Words and the beats that speak and gesture them."""

    text: str
    placement: Codes | None = None  # [3, 1], with a body only
    beats: tuple[Beat, ...] = ()
    does: str = ""  # what the body does from here on; in a turn's first clause, with a body only


@dataclass(frozen=True, slots=True)
class SystemTurn:
    """Persona, memory, scene."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class UserTurn:
    """What the user did; typed text is a turn without flags that holds one `Heard`."""

    speech: bool = False
    body: bool = False
    placement: Codes | None = None  # [3, 1], with a body only
    parts: tuple[Beat | Heard | Saw, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class AgentTurn:
    """What the character does; starts with a clause. Without flags it is text alone."""

    speech: bool = True
    body: bool = True
    parts: tuple[Clause | Heard | Saw, ...] = ()
    emotion: str = ""  # a word of the header; "" leaves the mood to the model


Turn = SystemTurn | UserTurn | AgentTurn


@dataclass(frozen=True, slots=True)
class BeatShape:
    """How many ids each modality has in a beat, derived from the code specs."""

    body: int
    hands: int
    speech: int

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> BeatShape:
        """The shape for a vocabulary's specs."""
        return cls(
            *(
                frames_per_beat(vocabulary.specs[m].frame_rate) * vocabulary.specs[m].num_codebooks
                for m in BEAT_MODALITIES
            )
        )

    def ids(self, *, speech: bool, body: bool) -> int:
        """Ids of a whole beat with these flags."""
        return body * (self.body + self.hands) + speech * self.speech


def frames_per_beat(frame_rate: float) -> int:
    """Code frames of one beat. Raises ConfigError where a beat is not a whole number of them."""
    frames = round(frame_rate * BEAT_SECONDS)
    if frames < 1 or abs(frames - frame_rate * BEAT_SECONDS) > 1e-6:
        raise ConfigError(f"frame rate: got {frame_rate} codes a second, expected a multiple of {1 / BEAT_SECONDS}")
    return frames


def beats_from_codes(speech: Codes | None, body: Codes | None, hands: Codes | None) -> tuple[Beat, ...]:
    """Cut codes [K, T] into beats, as many as all given modalities hold whole; a ragged rest is dropped."""
    given = {codes.modality: codes for codes in (speech, body, hands) if codes is not None}
    if ("body" in given) != ("hands" in given) or not given:
        raise InputError(f"beats: got codes of {sorted(given)}, expected speech, or body and hands, or all three")
    frames = {name: frames_per_beat(codes.frame_rate) for name, codes in given.items()}
    count = min(codes.values.shape[1] // frames[name] for name, codes in given.items())
    return tuple(
        Beat(**{name: codes.values[:, i * frames[name] : (i + 1) * frames[name]] for name, codes in given.items()})
        for i in range(count)
    )
