"""Text to speech for data: flite and espeak-ng behind one interface, with phone times.

The voices of training data and of toy runs, never of the server: a character's speech comes from the LLM. flite comes
as the Debian package `flite`, espeak-ng with the wheel `espeakng-loader`.
"""

from __future__ import annotations

import ctypes
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import soxr

from solami.datasets import flite
from solami.datasets.spoken_text import spoken
from solami.errors import InputError
from solami.frames import AudioChunk, FloatArray

SAMPLE_RATE = 16_000
FLITE_VOICES = ("rms", "awb", "slt", "kal16")  # by falling clearness: pocketsphinx errs on 17, 19, 29, 23 % of words
SPELLED = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": ", "})
_RATE, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER
_END, _PHONEME = 0, 7  # espeak_EVENT_TYPE
_UTF8, _PHONEME_EVENTS, _RETRIEVAL = 1, 1, 1


@dataclass(frozen=True, slots=True, eq=False)
class SpokenLine:
    """A synthesised line and where its phones lie."""

    audio: AudioChunk  # 16 kHz
    phones: list[tuple[str, float, float]]  # name in the synthesiser's alphabet, start and end in seconds


class Synthesizer(ABC):
    """One voice."""

    name: str  # of the voice, unique among all synthesisers

    @abstractmethod
    def speak(self, text: str) -> SpokenLine:
        """Speak one line. Raises InputError for text without a letter or digit."""


def normalise(text: str) -> str:
    """Plain one-line text that every synthesiser reads alike: words, straight quotes, no digits, signs or markup."""
    plain = re.sub(r"[^\w\s.,;:!?'\"-]", " ", spoken(text.translate(SPELLED)))
    plain = " ".join(plain.split())
    if not re.search(r"\w", plain):
        raise InputError(f"speech synthesis: got {text!r}, expected a text with a letter or a digit")
    return plain


class FliteSynthesizer(Synthesizer):
    """A flite voice, about 100 times real time on one core."""

    def __init__(self, voice: str = "rms", *, stretch: float = 1.0, pitch_hz: float | None = None) -> None:
        """Take the voice, how slowly it speaks (1.2: a fifth slower) and its mean pitch (None: the voice's own)."""
        if not flite.flite_exists():
            raise InputError("flite is not installed; install the Debian package `flite` or use an espeak-ng voice")
        if voice not in FLITE_VOICES:
            raise InputError(f"flite voice: got {voice!r}, expected one of {list(FLITE_VOICES)}")
        self._voice, self._stretch, self._pitch_hz = voice, stretch, pitch_hz
        self.name = "-".join(["flite", voice, f"{stretch:g}", *([f"{pitch_hz:g}"] if pitch_hz else [])])

    def speak(self, text: str) -> SpokenLine:
        """Speak one line."""
        samples, rate, ends = flite.speak(self._voice, normalise(text), self._stretch, self._pitch_hz)
        seconds = len(samples) / rate
        ends = [(name, min(end, seconds)) for name, end in ends]  # diphone voices cut half of the last pause
        starts = [0.0, *(end for _, end in ends)]
        phones = [(name, start, end) for (name, end), start in zip(ends, starts, strict=False)]
        return SpokenLine(_chunk(samples, rate), phones)


class EspeakSynthesizer(Synthesizer):
    """An espeak-ng voice and variant such as `en-us+f3`; all instances share the one library."""

    def __init__(
        self, voice: str = "en-us", *, words_a_minute: int = 165, pitch: int = 50, pitch_range: int = 50
    ) -> None:
        """Take the voice, its speed, and its pitch and pitch range in 0..99."""
        if not re.fullmatch(r"en[\w-]*(\+\w+)?", voice) or _library().espeak_SetVoiceByName(voice.encode()) != 0:
            raise InputError(f"espeak-ng voice: got {voice!r}, expected a name such as 'en-us' or 'en-gb-x-rp+f2'")
        self._voice = voice
        self._parameters = ((_RATE, words_a_minute), (_PITCH, pitch), (_RANGE, pitch_range))
        self.name = f"espeak-{voice}-{words_a_minute}-{pitch}-{pitch_range}"

    def speak(self, text: str) -> SpokenLine:
        """Speak one line."""
        library, data = _library(), normalise(text).encode() + b"\0"
        library.espeak_SetVoiceByName(self._voice.encode())
        for parameter, value in self._parameters:
            library.espeak_SetParameter(parameter, value, 0)
        blocks: list[bytes] = []
        marks: list[tuple[str, float]] = []
        callback = _collector(blocks, marks)
        library.espeak_SetSynthCallback(callback)
        library.espeak_Synth(data, len(data), 0, 0, 0, _UTF8, None, None)
        library.espeak_Synchronize()
        samples = (np.frombuffer(b"".join(blocks), np.int16) / 32768).astype(np.float32)
        return SpokenLine(_chunk(samples, _espeak_rate()), _espeak_phones(marks, len(samples) / _espeak_rate()))


class _Identity(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # milliseconds
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identity),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@cache
def _espeak() -> tuple[ctypes.CDLL, int]:
    """The loaded library and its sample rate."""
    try:
        import espeakng_loader
    except ImportError as error:
        raise InputError("espeak-ng is not installed; install the extra `data` of this package") from error
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(_RETRIEVAL, 0, espeakng_loader.get_data_path().encode(), _PHONEME_EVENTS)
    if rate <= 0:
        raise InputError("espeak-ng found no voice data; reinstall the wheel `espeakng-loader`")
    return library, rate


def _library() -> ctypes.CDLL:
    return _espeak()[0]


def _espeak_rate() -> int:
    return _espeak()[1]


def _collector(blocks: list[bytes], marks: list[tuple[str, float]]) -> object:
    """A callback that keeps the samples and the start of each phone."""

    def collect(samples: object, count: int, events: Sequence[_Event]) -> int:
        if samples and count > 0:
            blocks.append(ctypes.string_at(samples, count * 2))  # type: ignore[arg-type]
        index = 0
        while events[index].type != _END:
            if events[index].type == _PHONEME:
                marks.append((events[index].id.string.decode(errors="replace"), events[index].audio_position / 1000))
            index += 1
        return 0

    return _Callback(collect)


def _espeak_phones(marks: list[tuple[str, float]], seconds: float) -> list[tuple[str, float, float]]:
    """Starts -> (name, start, end); unnamed marks are pauses."""
    ends = [start for _, start in marks[1:]] + [seconds]
    return [(name or "pau", start, max(start, end)) for (name, start), end in zip(marks, ends, strict=True)]


def _chunk(samples: FloatArray, rate: int) -> AudioChunk:
    if rate != SAMPLE_RATE:
        samples = soxr.resample(samples, rate, SAMPLE_RATE)
    return AudioChunk(np.ascontiguousarray(np.clip(samples, -1, 1), np.float32), SAMPLE_RATE)
