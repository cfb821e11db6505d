import torch

from solami.tokenizers.modules import speech_net as sn
from solami.tokenizers.modules.seanet import SeanetNet

TINY = sn.SpeechNetConfig(width=16, front_width=8, voice_dim=4)


def test_it_is_as_large_as_our_network() -> None:
    """At their default sizes the baseline has within a tenth as many parameters as our network."""
    ours, theirs = (
        sum(p.numel() for p in net.parameters())
        for net in (sn.SpeechNet(sn.SpeechNetConfig()), SeanetNet(sn.SpeechNetConfig()))
    )
    assert abs(theirs / ours - 1) < 0.1


def test_codes_come_and_go_at_25_a_second() -> None:
    """Ten codes for 6,400 samples and as many samples back; the codes alone give the content again."""
    torch.manual_seed(0)
    net = SeanetNet(TINY, filters=4, hidden=16).eval()
    vectors, codes, _ = net.quantizer(net.latents(torch.randn(2, 6400)))
    content = net.vectors(codes)
    assert codes.shape == (2, 10)
    torch.testing.assert_close(net.from_latent(vectors), content)
    voice = net.embed(torch.randn(2, 16_000))
    with torch.inference_mode():
        made, changed = net.samples(content, voice), net.samples(content, -voice)
    assert made.shape == (2, 6400)
    assert not torch.allclose(made, changed)
