"""The speech network's front end and heads."""

import torch

from solami.tokenizers.modules import speech_net as sn


def test_log_mel_in_chunks_equals_whole() -> None:
    """The causal front end needs only the samples just before a chunk."""
    x = torch.randn(1, 3200, generator=torch.Generator().manual_seed(0))
    past = x[:, 1600 - (sn.MEL_WINDOW - 160) : 1600]
    halves = torch.cat([sn.log_mel(x[:, :1600]), sn.log_mel(x[:, 1600:], past)], dim=2)
    assert torch.allclose(halves, sn.log_mel(x), atol=1e-5)


def test_decoder_gives_four_frames_a_code() -> None:
    """Seven codes give 28 frames of pitch and filters, all finite."""
    config = sn.SpeechNetConfig(
        width=16, front_width=8, encoder_blocks=1, trunk_blocks=1, decoder_blocks=1, voice_dim=4
    )
    net = sn.SpeechNet(config)
    content = net.decoder.content(torch.randn(2, 7, config.latent_dim))
    acoustics = net.decoder(content, torch.randn(2, 4))
    assert acoustics.log_f0.shape == (2, 28)
    assert acoustics.harmonic.shape == (2, 28, 257)
    assert torch.isfinite(acoustics.noise).all()
    assert config.codebook_size == 2048
