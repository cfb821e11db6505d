"""The running encode and decode of the speech network: what is kept between chunks. `speech` opens them."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from solami.audio.level import soft_limited
from solami.errors import InputError, TokenizerError
from solami.frames import Codes, FloatArray
from solami.tokenizers.base import SpeechDecoder, SpeechEncoder, Voice
from solami.tokenizers.modules import source_filter as sf
from solami.tokenizers.modules import speech_net as sn
from solami.tokenizers.modules.causal import StreamState

REST_CODES = 8  # a decode starts as if silence had gone before; from nothing, its first 80 ms click at -38 dBFS


class NeuralSpeechEncoder(SpeechEncoder):
    """Keeps the samples that do not yet fill a code, and the causal state of the network."""

    def __init__(self, net: sn.SpeechNet, frame_rate: float) -> None:
        """Start from silence."""
        self._net, self._frame_rate = net, frame_rate
        self._state = StreamState()
        self._past = torch.zeros(1, sn.MEL_WINDOW - sf.HOP)
        self._rest = np.zeros(0, np.float32)
        self._skip = sn.LOOKAHEAD_CODES
        self._samples = 0

    def push(self, samples: FloatArray) -> Codes:
        """See SpeechEncoder. Raises InputError for NaN or infinite samples."""
        if not np.isfinite(samples).all():
            raise InputError("audio: got NaN or infinite samples, expected numbers in [-1, 1]")
        self._samples += len(samples)
        return self._encode(samples)

    def flush(self) -> Codes:
        """See SpeechEncoder."""
        codes = -(-self._samples // sn.CODE_SAMPLES)
        padding = (codes + sn.LOOKAHEAD_CODES) * sn.CODE_SAMPLES - self._samples
        return self._encode(np.zeros(padding if codes else 0, np.float32))

    @torch.inference_mode()
    def _encode(self, samples: FloatArray) -> Codes:
        self._rest = np.concatenate([self._rest, samples])
        whole = len(self._rest) // sn.CODE_SAMPLES * sn.CODE_SAMPLES
        values = np.zeros(0, np.int32)
        if whole:
            block = torch.from_numpy(self._rest[:whole])[None]
            self._rest = self._rest[whole:]
            mel = sn.log_mel(block, self._past)
            self._past = torch.cat([self._past, block], dim=1)[:, -self._past.shape[1] :]
            indices = self._net.quantizer(self._net.encoder(mel, self._state))[1]
            values = indices[0].numpy().astype(np.int32)
            skipped = min(self._skip, len(values))
            self._skip -= skipped
            values = values[skipped:]
        return Codes("speech", values[None], self._frame_rate)


class NeuralSpeechDecoder(SpeechDecoder):
    """Keeps the causal state, the excitation that later windows need, and the overlap of the last frames."""

    def __init__(self, net: sn.SpeechNet, voice: Voice, rest_code: int) -> None:
        """Speak in `voice`, as if `rest_code`, the code of silence, had gone before."""
        self._net, self._size = net, net.config.codebook_size
        self._voice = torch.from_numpy(voice.embedding.copy())[None]
        if self._voice.shape[1] != self._net.config.voice_dim:
            raise TokenizerError(f"voice: got {self._voice.shape[1]} numbers, expected {self._net.config.voice_dim}")
        self._state = StreamState()
        self._phase = torch.zeros(1)
        self._frames_in = 0
        self._pulses = torch.zeros(1, sf.REACH)
        self._noise = torch.zeros(1, sf.REACH)
        self._waiting: sn.Acoustics | None = None
        self._overlap = torch.zeros(1, 2 * sf.REACH)
        self._emitted = -sf.REACH  # the overlap buffer starts REACH before the first sample
        self._acoustics(torch.full((1, REST_CODES), rest_code))

    @torch.inference_mode()
    def push(self, codes: Codes) -> FloatArray:
        """See SpeechDecoder. Raises TokenizerError for codes outside the codebook."""
        values = torch.from_numpy(codes.values.astype(np.int64))
        if values.shape[0] != 1 or (values.numel() and (values.min() < 0 or values.max() >= self._size)):
            raise TokenizerError(
                f"speech codes: got {codes.values.shape[0]} books, expected 1 of entries 0..{self._size - 1}"
            )
        if values.shape[1] == 0:
            return np.zeros(0, np.float32)
        acoustics = self._acoustics(values)
        pulses, noise, self._phase = sf.excite(sn.pitch_hz(acoustics), self._phase, self._frames_in * sf.HOP)
        self._frames_in += acoustics.log_f0.shape[1]
        self._pulses = torch.cat([self._pulses, pulses], dim=1)
        self._noise = torch.cat([self._noise, noise], dim=1)
        self._waiting = _join(self._waiting, acoustics)
        return self._render()

    @torch.inference_mode()
    def _acoustics(self, values: Tensor) -> sn.Acoustics:
        """Codes [1, T] -> acoustics of 4 T frames."""
        content = self._net.decoder.content(self._net.quantizer.vectors_of(values), self._state)
        acoustics: sn.Acoustics = self._net.decoder(content, self._voice, self._state)
        return acoustics

    @torch.inference_mode()
    def flush(self) -> FloatArray:
        """See SpeechDecoder."""
        self._pulses = F.pad(self._pulses, (0, sf.REACH))
        self._noise = F.pad(self._noise, (0, sf.REACH))
        body = self._render()
        left = self._frames_in * sf.HOP - self._emitted
        return np.concatenate([body, self._take(left)])

    def _render(self) -> FloatArray:
        """Shape every frame whose window is covered by excitation; return the samples no later frame touches."""
        ready = max(0, (self._pulses.shape[1] - 2 * sf.REACH) // sf.HOP)
        if self._waiting is None or ready == 0:
            return np.zeros(0, np.float32)
        now, self._waiting = _split(self._waiting, ready)
        covered = ready * sf.HOP + 2 * sf.REACH
        voiced = torch.sigmoid(8.0 * now.voicing)
        spectra = sn.shape_spectra(now, voiced, self._pulses[:, :covered], self._noise[:, :covered])
        self._pulses, self._noise = self._pulses[:, ready * sf.HOP :], self._noise[:, ready * sf.HOP :]
        self._overlap = F.pad(self._overlap, (0, ready * sf.HOP))
        self._overlap += sf.overlap_add(spectra)
        return self._take(ready * sf.HOP)

    def _take(self, count: int) -> FloatArray:
        """The first `count` samples of the overlap buffer, less those before the first sample of the stream."""
        out, self._overlap = self._overlap[0, :count], self._overlap[:, count:]
        drop = min(max(0, -self._emitted), count)
        self._emitted += count
        return soft_limited(out[drop:].numpy())


def _join(a: sn.Acoustics | None, b: sn.Acoustics) -> sn.Acoustics:
    if a is None:
        return b
    return sn.Acoustics(*(torch.cat([getattr(a, n), getattr(b, n)], dim=1) for n in sn.Acoustics.__slots__))


def _split(a: sn.Acoustics, at: int) -> tuple[sn.Acoustics, sn.Acoustics]:
    def part(where: slice) -> sn.Acoustics:
        values: list[Tensor] = [getattr(a, n)[:, where] for n in sn.Acoustics.__slots__]
        return sn.Acoustics(*values)

    return part(slice(None, at)), part(slice(at, None))
