import pytest
import torch

from solami.tokenizers.modules.motion_variants import PaperMotionNet, ScalarMotionNet, paper_losses
from solami.tokenizers.modules.motion_vq import MotionNetConfig

SMALL = MotionNetConfig(codebook_size=8, latent_dim=8, width=12, refine_width=8, dilations=(1,))


@pytest.mark.parametrize(
    "net", [ScalarMotionNet(SMALL, (4, 4)), PaperMotionNet(136, width=8, codebook_size=8, depth=2)]
)
def test_four_frames_are_a_code(net: torch.nn.Module) -> None:
    """Twenty frames give five codes inside the codebook, and frames as many as went in that can be learned from."""
    frames = torch.randn(2, 136, 20)
    decoded, codes, loss = net(frames)
    assert decoded.shape == frames.shape
    assert codes.shape == (2, 1, 5) and int(codes.min()) >= 0 and int(codes.max()) < 16
    (decoded.square().mean() + loss).backward()
    assert all(
        p.grad is not None for name, p in net.named_parameters() if "encoder_blocks" in name or "encoder." in name
    )


def test_scalar_codes_decode_to_what_was_quantised() -> None:
    """The vectors of codes are those that quantising gave."""
    net = ScalarMotionNet(SMALL, (4, 4)).eval()
    vectors, codes, _ = net.quantize(torch.randn(1, 8, 7))
    torch.testing.assert_close(net.vectors(codes), vectors)


def test_the_papers_losses_are_nothing_for_a_perfect_decoding() -> None:
    """Features and their differences cost nothing when right, and something when off or still."""
    frames = torch.randn(2, 136, 20)
    scale = torch.ones(136, 1)
    assert all(value == 0 for value in paper_losses(frames, frames, scale).values())
    assert all(value > 0 for value in paper_losses(frames, torch.zeros_like(frames), scale).values())
