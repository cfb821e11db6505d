"""ConvNeXt blocks."""

import torch

from solami.tokenizers.modules.causal import StreamState
from solami.tokenizers.modules.convnext import ConvNeXtBlock


def test_block_streams_with_a_voice() -> None:
    """A conditioned block gives the same output in chunks as whole, and the voice matters."""
    torch.manual_seed(0)
    block = ConvNeXtBlock(8, voice_dim=4)
    torch.nn.init.ones_(block.gain)
    x, voice, state = torch.randn(1, 8, 12), torch.randn(1, 4), StreamState()
    parts = [block(piece, voice, state) for piece in x.split(5, dim=-1)]
    assert torch.allclose(torch.cat(parts, dim=-1), block(x, voice), atol=1e-6)
    assert not torch.allclose(block(x, voice), block(x, -voice), atol=1e-3)
