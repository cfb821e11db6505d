"""The SEANet baseline, on tones."""

import numpy as np
import pytest

from solami.errors import TokenizerError
from solami.frames import AudioChunk
from solami.tokenizers.modules.speech_net import SpeechNetConfig
from solami.training.speech_comparison import train_both
from solami.training.speech_data import SpeechClip
from solami.training.speech_pool import ClipPool
from solami.training.speech_tokenizer import SpeechTrainingConfig

TINY = SpeechNetConfig(width=16, front_width=8, encoder_blocks=1, trunk_blocks=1, decoder_blocks=1, voice_dim=4)


def test_both_networks_come_out_as_tokenizers() -> None:
    """After one step each, the two give as many codes and samples for a clip; the baseline refuses to stream."""
    time = np.arange(32_000) / 16_000
    wave = (6000 * np.sin(2 * np.pi * 150 * time)).astype(np.int16)
    phones, starts = np.array([1, 2, 3], np.int16), np.array([0, 0.5, 1.0], np.float32)
    clip = SpeechClip(wave, np.full(200, 150.0, np.float32), phones, starts, "tone")
    pool = ClipPool([clip, clip], np.ones(2, np.float32))
    config = SpeechTrainingConfig(net=TINY, max_minutes=1e-4, batch_seconds=4.0)
    samples = (wave[:10_000] / 32768).astype(np.float32)
    for name, tokenizer in train_both(config, pool).items():
        codes = tokenizer.encode(samples)
        made = tokenizer.decode(codes, tokenizer.voice_of(AudioChunk(samples, 16_000)))
        assert (codes.values.shape, len(made)) == ((1, 16), 10_240), name
        assert np.isfinite(made).all()
        if name == "seanet":
            with pytest.raises(TokenizerError, match="does not stream"):
                tokenizer.encoder()
