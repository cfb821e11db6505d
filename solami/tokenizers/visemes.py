"""Mouth shapes from speech codes: the speech network's phone head read as visemes, streamed on the audio clock.

Shapes are the fifteen of Oculus Lipsync (https://developers.meta.com/horizon/documentation/unity/audio-ovrlipsync-viseme-reference)
or the five of VRM 1.0. It makes no sound and knows no face mesh.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
import torch

from solami.errors import InputError
from solami.frames import VISEMES, Codes, FloatArray, VisemeChunk
from solami.tokenizers.base import MouthDecoder, SpeechTokenizer
from solami.tokenizers.modules import source_filter as sf
from solami.tokenizers.modules import speech_net as sn
from solami.tokenizers.modules.causal import StreamState
from solami.tokenizers.speech import NeuralSpeechTokenizer

VRM_MOUTH = ("aa", "ih", "ou", "ee", "oh")
# Lips run ahead of the sound by some 40 to 100 ms and open and close over as long: each shape leaks into the code
# before and after it. One code (40 ms) is held back for this.
COARTICULATION = (0.2, 0.6, 0.2)

PHONE_SHAPES: dict[str, tuple[tuple[str, float], ...]] = {  # in the order of the network's phone head
    "<blank>": (("sil", 1.0),),
    "pau": (("sil", 1.0),),
    "aa": (("aa", 1.0),),
    "ae": (("aa", 0.6), ("E", 0.4)),
    "ah": (("aa", 1.0),),
    "ao": (("oh", 1.0),),
    "aw": (("aa", 0.6), ("ou", 0.4)),
    "ax": (("E", 0.6), ("aa", 0.4)),
    "ay": (("aa", 0.6), ("ih", 0.4)),
    "b": (("PP", 1.0),),
    "ch": (("CH", 1.0),),
    "d": (("DD", 1.0),),
    "dh": (("TH", 1.0),),
    "eh": (("E", 1.0),),
    "er": (("RR", 1.0),),
    "ey": (("E", 0.6), ("ih", 0.4)),
    "f": (("FF", 1.0),),
    "g": (("kk", 1.0),),
    "hh": (("kk", 0.6), ("aa", 0.4)),
    "ih": (("ih", 1.0),),
    "iy": (("ih", 1.0),),
    "jh": (("CH", 1.0),),
    "k": (("kk", 1.0),),
    "l": (("nn", 1.0),),
    "m": (("PP", 1.0),),
    "n": (("nn", 1.0),),
    "ng": (("nn", 0.6), ("kk", 0.4)),
    "ow": (("oh", 0.6), ("ou", 0.4)),
    "oy": (("oh", 0.6), ("ih", 0.4)),
    "p": (("PP", 1.0),),
    "r": (("RR", 1.0),),
    "s": (("SS", 1.0),),
    "sh": (("CH", 1.0),),
    "t": (("DD", 1.0),),
    "th": (("TH", 1.0),),
    "uh": (("ou", 1.0),),
    "uw": (("ou", 1.0),),
    "v": (("FF", 1.0),),
    "w": (("ou", 1.0),),
    "y": (("ih", 1.0),),
    "z": (("SS", 1.0),),
    "zh": (("CH", 1.0),),
}

VRM_SHAPES: dict[str, tuple[tuple[str, float], ...]] = {  # those left out keep the mouth shut
    "FF": (("ih", 0.15),),
    "TH": (("aa", 0.15), ("ih", 0.15)),
    "DD": (("ih", 0.25),),
    "kk": (("aa", 0.25),),
    "CH": (("ou", 0.4),),
    "SS": (("ih", 0.35),),
    "nn": (("ih", 0.25),),
    "RR": (("ou", 0.35),),
    "aa": (("aa", 1.0),),
    "E": (("ee", 1.0),),
    "ih": (("ih", 1.0),),
    "oh": (("oh", 1.0),),
    "ou": (("ou", 1.0),),
}


@lru_cache(maxsize=1)
def phone_matrix() -> FloatArray:
    """How much of each viseme each phone shows [phones, 15]; rows add up to 1."""
    matrix = np.zeros((len(PHONE_SHAPES), len(VISEMES)), np.float32)
    for row, shapes in enumerate(PHONE_SHAPES.values()):
        for name, weight in shapes:
            matrix[row, VISEMES.index(name)] = weight
    return matrix


@lru_cache(maxsize=1)
def vrm_matrix() -> FloatArray:
    """How much of each VRM mouth shape each viseme is [15, 5]."""
    matrix = np.zeros((len(VISEMES), len(VRM_MOUTH)), np.float32)
    for viseme, shapes in VRM_SHAPES.items():
        for name, weight in shapes:
            matrix[VISEMES.index(viseme), VRM_MOUTH.index(name)] = weight
    return matrix


def to_vrm(weights: FloatArray) -> FloatArray:
    """Viseme weights [T, 15] -> weights [T, 5] of the VRM shapes aa, ih, ou, ee, oh, 0..1."""
    return np.clip(weights @ vrm_matrix(), 0.0, 1.0)


def co_articulate(weights: FloatArray) -> FloatArray:
    """Rows [T + 2, 15] -> [T, 15], each mixed with its neighbours."""
    before, here, after = COARTICULATION
    return before * weights[:-2] + here * weights[1:-1] + after * weights[2:]


class VisemeDecoder(MouthDecoder):
    """Keeps the causal state of the phone head and the two shapes that the next one is mixed with."""

    def __init__(self, net: sn.SpeechNet) -> None:
        """Take the network of the speech tokenizer that made the codes."""
        if net.config.phones != len(PHONE_SHAPES):
            raise InputError(f"speech network: got {net.config.phones} phone classes, expected {len(PHONE_SHAPES)}")
        self._net = net.eval()
        self._state = StreamState()
        self._held = np.zeros((0, len(VISEMES)), np.float32)  # the last final shape before its mixing, and the open one
        self._made = 0

    def push(self, codes: Codes) -> VisemeChunk:
        """See MouthDecoder. Raises InputError for codes of another kind."""
        if codes.modality != "speech" or len(codes.values) != 1:
            raise InputError(
                f"visemes: got {len(codes.values)} row(s) of {codes.modality} codes, expected one of speech"
            )
        return self._mix(self._shapes(codes))

    def flush(self) -> VisemeChunk:
        """See MouthDecoder. The last shape is held."""
        return self._mix(self._held[-1:])

    @torch.inference_mode()
    def _shapes(self, codes: Codes) -> FloatArray:
        """Viseme probabilities [T, 15] of the codes alone."""
        if not codes.values.shape[1]:
            return np.zeros((0, len(VISEMES)), np.float32)
        features = self._net.quantizer.vectors_of(torch.from_numpy(codes.values.astype(np.int64)))
        content = self._net.decoder.content(features, self._state)
        logits = self._net.decoder.phone_frames(content.transpose(1, 2))[0]
        logits[:, 0] = -torch.inf  # the blank belongs to CTC
        probability = torch.softmax(logits, dim=-1).numpy().astype(np.float32)
        return np.asarray(probability @ phone_matrix(), np.float32)

    def _mix(self, fresh: FloatArray) -> VisemeChunk:
        """Append shapes and return those whose neighbours are known; the first one's past is itself."""
        if len(fresh) and not len(self._held):
            self._held = fresh[:1]
        rows = np.concatenate([self._held, fresh])
        self._held = rows[-2:]
        made = co_articulate(rows) if len(rows) > 2 else np.zeros((0, len(VISEMES)), np.float32)
        start, self._made = self._made, self._made + len(made)
        return VisemeChunk(
            np.ascontiguousarray(made, np.float32), sf.SAMPLE_RATE / sn.CODE_SAMPLES, start * sn.CODE_SAMPLES
        )


def mouth_of(tokenizer: SpeechTokenizer) -> Callable[[], MouthDecoder] | None:
    """What reads mouth shapes from this tokenizer's codes; None where they tell no phones."""
    return partial(VisemeDecoder, tokenizer.net) if isinstance(tokenizer, NeuralSpeechTokenizer) else None
