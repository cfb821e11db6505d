import torch

from solami.tokenizers.modules.causal import StreamState
from solami.tokenizers.modules.motion_vq import MotionNet, MotionNetConfig


def _net(num_codebooks: int = 1) -> MotionNet:
    torch.manual_seed(0)
    config = MotionNetConfig(codebook_size=16, num_codebooks=num_codebooks, latent_dim=8, width=12, refine_width=6)
    net = MotionNet(10, config).eval()
    for layer in net.quantizer.layers:
        layer._codebook.initted.fill_(True)
    return net


def test_the_future_changes_nothing() -> None:
    """Latents and frames of a code depend on no later frame and no later code."""
    net, frames = _net(), torch.randn(1, 10, 32)
    other = torch.cat([frames[..., :20], torch.randn(1, 10, 12)], dim=-1)
    with torch.inference_mode():
        torch.testing.assert_close(net.latents(frames)[..., :5], net.latents(other)[..., :5])
        vectors = torch.randn(1, 8, 8)
        changed = torch.cat([vectors[..., :5], torch.randn(1, 8, 3)], dim=-1)
        torch.testing.assert_close(net.frames(vectors)[..., :20], net.frames(changed)[..., :20])


def test_steps_equal_whole() -> None:
    """One code frame at a time from a state gives the whole pass."""
    net, frames = _net(), torch.randn(1, 10, 32)
    state, back = StreamState(), StreamState()
    with torch.inference_mode():
        whole = net.latents(frames)
        stepped = torch.cat([net.latents(f, state) for f in frames.split(4, dim=-1)], dim=-1)
        torch.testing.assert_close(stepped, whole, atol=1e-5, rtol=0)
        decoded = torch.cat([net.frames(v, back) for v in whole.split(1, dim=-1)], dim=-1)
        torch.testing.assert_close(decoded, net.frames(whole), atol=1e-5, rtol=0)


def test_codes_stand_for_their_vectors() -> None:
    """With any number of books, looking the codes up gives the quantised vectors."""
    for books in (1, 3):
        net = _net(books)
        with torch.inference_mode():
            vectors, codes, _ = net.quantize(torch.randn(2, 8, 6))
            assert codes.shape == (2, books, 6)
            torch.testing.assert_close(net.vectors(codes), vectors, atol=1e-5, rtol=0)
