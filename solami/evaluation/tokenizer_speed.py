"""How fast the tokenizers run, whole and streamed beat by beat: the share of real time that computing takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np

from solami.body.timing import cut
from solami.frames import AudioChunk, Codes, MotionChunk
from solami.tokenizers.base import MotionCodes, MotionTokenizer, SpeechTokenizer

Beat = TypeVar("Beat")
BEAT_S = 0.4
WARM_BEATS = 3  # the first beats of a process fill caches; they are run and not counted


def speech_speed(tokenizer: SpeechTokenizer, audio: AudioChunk) -> dict[str, Any]:
    """Of encoding and decoding speech at the tokenizer's rate."""
    seconds = len(audio.samples) / audio.sample_rate
    voice = tokenizer.embed_voice("own", audio)
    codes = tokenizer.encode(audio.samples)
    decoder, encoder = tokenizer.decoder(voice), tokenizer.encoder()
    samples = round(BEAT_S * audio.sample_rate)
    beats = [audio.samples[i : i + samples] for i in range(0, len(audio.samples) - samples + 1, samples)]
    per_beat = round(BEAT_S * codes.frame_rate)
    coded = [
        Codes(codes.modality, codes.values[:, i : i + per_beat], codes.frame_rate)
        for i in range(0, codes.values.shape[1] - per_beat + 1, per_beat)
    ]
    return {
        "encode_whole": _share(lambda: tokenizer.encode(audio.samples), seconds),
        "decode_whole": _share(lambda: tokenizer.decode(codes, voice), seconds),
        "encode_beat": _beats(encoder.push, beats),
        "decode_beat": _beats(decoder.push, coded),
    }


def motion_speed(tokenizer: MotionTokenizer, motion: MotionChunk) -> dict[str, Any]:
    """Of encoding and decoding poses at the tokenizer's rate."""
    seconds = len(motion.rotations) / motion.fps
    codes = tokenizer.encode(motion)
    poses = round(BEAT_S * motion.fps)
    per_beat = round(BEAT_S * codes.body.frame_rate)
    beats = [cut(motion, i, i + poses) for i in range(0, len(motion.rotations) - poses + 1, poses)]
    coded = [_slice(codes, i, i + per_beat) for i in range(0, codes.body.values.shape[1] - per_beat + 1, per_beat)]
    return {
        "encode_whole": _share(lambda: tokenizer.encode(motion), seconds),
        "decode_whole": _share(lambda: tokenizer.decode(codes), seconds),
        "encode_beat": _beats(tokenizer.encoder().push, beats),
        "decode_beat": _beats(tokenizer.decoder().push, coded),
    }


def _slice(codes: MotionCodes, first: int, last: int) -> MotionCodes:
    body, hands = (Codes(c.modality, c.values[:, first:last], c.frame_rate) for c in (codes.body, codes.hands))
    return MotionCodes(body, hands)


def _share(run: Callable[[], object], seconds: float) -> dict[str, float]:
    """Real-time factor of one call, the better of two."""
    spent_s = min(_timed(run) for _ in range(2))
    return {"rtf": round(spent_s / seconds, 7)}


def _beats(push: Callable[[Beat], object], beats: list[Beat]) -> dict[str, float]:
    """Milliseconds a beat takes, and the real-time factor of them all."""
    spent_ms = [1000 * _timed(partial(push, beat)) for beat in beats][WARM_BEATS:]
    return {
        "ms_p50": round(float(np.percentile(spent_ms, 50)), 4),
        "ms_p95": round(float(np.percentile(spent_ms, 95)), 4),
        "rtf": round(float(np.sum(spent_ms)) / 1000 / (BEAT_S * len(spent_ms)), 7),
    }


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
