"""Codes of a reply -> a wav and a picture, so that a training run can be heard and seen while it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from solami.audio.wav import write_wav
from solami.body.picture import draw_reply
from solami.frames import AudioChunk, Codes, IntArray
from solami.tokenizers.base import MotionCodes, MotionTokenizer, SpeechTokenizer, Voice


@dataclass(frozen=True, slots=True, eq=False)
class ReplyFiles:
    """Decodes whole replies in one voice."""

    speech: SpeechTokenizer
    motion: MotionTokenizer
    voice: Voice

    def write(self, codes: Mapping[str, IntArray], path: Path) -> None:
        """PATH.wav and PATH.png of codes [K, T] of speech, body and hands; nothing without all three."""
        if not {"speech", "body", "hands"} <= codes.keys():
            return
        speech, body, hands = self.speech.spec, self.motion.body_spec, self.motion.hands_spec
        spoken = self.speech.decode(Codes("speech", codes["speech"], speech.frame_rate), self.voice)
        audio = AudioChunk(spoken, self.speech.sample_rate)
        moved = MotionCodes(
            Codes("body", codes["body"], body.frame_rate), Codes("hands", codes["hands"], hands.frame_rate)
        )
        write_wav(path.with_suffix(".wav"), audio)
        draw_reply(self.motion.decode(moved), audio, path.with_suffix(".png"))
