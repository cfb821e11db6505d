"""The flite synthesiser through its shared libraries (Debian package `flite` or `libflite1`); in process, no files."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache

import numpy as np

from solami.errors import InputError
from solami.frames import FloatArray


class _Wave(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


class _Voice(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("features", ctypes.c_void_p))


def flite_exists() -> bool:
    """True where flite and its clearest voice can be loaded."""
    return all(ctypes.util.find_library(f"flite{part}") for part in ("", "_usenglish", "_cmulex", "_cmu_us_rms"))


def speak(
    voice: str, text: str, stretch: float, pitch_hz: float | None
) -> tuple[FloatArray, int, list[tuple[str, float]]]:
    """Samples, their rate, and each phone with its end in seconds."""
    library, loaded = _library(), _voice(voice)
    defaults = _defaults(voice)
    for name, value in ((b"duration_stretch", stretch), (b"int_f0_target_mean", pitch_hz)):
        value = defaults[name] if value is None else value  # the voice is one object: undo what another caller set
        if value is not None:
            library.feat_set_float(loaded.contents.features, name, value)
        elif library.feat_present(loaded.contents.features, name):
            library.feat_remove(loaded.contents.features, name)
    utterance = library.flite_synth_text(text.encode(), loaded)
    if not utterance:
        raise InputError(f"flite could not speak {text!r}")
    try:
        wave = library.utt_wave(utterance).contents
        samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.float32) / np.float32(32768)
        return samples.astype(np.float32), wave.sample_rate, _phones(library, utterance)
    finally:
        library.delete_utterance(utterance)


def _phones(library: ctypes.CDLL, utterance: int) -> list[tuple[str, float]]:
    phones: list[tuple[str, float]] = []
    item = library.relation_head(library.utt_relation(utterance, b"Segment"))
    while item:
        name = library.item_feat_string(item, b"name").decode()
        phones.append((name, float(library.item_feat_float(item, b"end"))))
        item = library.item_next(item)
    return phones


@cache
def _library() -> ctypes.CDLL:
    name = ctypes.util.find_library("flite")
    if name is None:
        raise InputError("flite is not installed; install the Debian package `flite` or use an espeak-ng voice")
    for part in ("flite_cmulex", "flite_usenglish"):  # the voices need their symbols
        ctypes.CDLL(ctypes.util.find_library(part) or part, mode=ctypes.RTLD_GLOBAL)
    library = ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    pointer = ctypes.c_void_p
    for function, arguments, result in (
        ("flite_synth_text", (ctypes.c_char_p, ctypes.POINTER(_Voice)), pointer),
        ("utt_wave", (pointer,), ctypes.POINTER(_Wave)),
        ("utt_relation", (pointer, ctypes.c_char_p), pointer),
        ("relation_head", (pointer,), pointer),
        ("item_next", (pointer,), pointer),
        ("item_feat_string", (pointer, ctypes.c_char_p), ctypes.c_char_p),
        ("item_feat_float", (pointer, ctypes.c_char_p), ctypes.c_float),
        ("delete_utterance", (pointer,), None),
        ("feat_set_float", (pointer, ctypes.c_char_p, ctypes.c_float), None),
        ("feat_float", (pointer, ctypes.c_char_p), ctypes.c_float),
        ("feat_present", (pointer, ctypes.c_char_p), ctypes.c_int),
        ("feat_remove", (pointer, ctypes.c_char_p), ctypes.c_int),
    ):
        getattr(library, function).argtypes = arguments
        getattr(library, function).restype = result
    library.flite_init()
    return library


@cache
def _voice(name: str) -> ctypes._Pointer[_Voice]:
    _library()
    file = ctypes.util.find_library(f"flite_cmu_us_{name}")
    if file is None:
        raise InputError(f"flite voice {name!r} is not installed; install the Debian package `flite`")
    register = getattr(ctypes.CDLL(file), f"register_cmu_us_{name}")
    register.argtypes, register.restype = (ctypes.c_char_p,), ctypes.POINTER(_Voice)
    return register(None)


@cache
def _defaults(name: str) -> dict[bytes, float | None]:
    """What the voice itself sets; None where it leaves a feature to flite."""
    library, features = _library(), _voice(name).contents.features
    names = (b"duration_stretch", b"int_f0_target_mean")
    return {n: float(library.feat_float(features, n)) if library.feat_present(features, n) else None for n in names}
