"""Causal convolutions in chunks."""

import pytest
import torch

from solami.tokenizers.modules.causal import CausalConv1d, StreamState


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation"), [(1, 1, 1), (3, 1, 1), (5, 1, 3), (4, 4, 1), (4, 2, 1), (7, 2, 1)]
)
def test_chunks_equal_whole(kernel: int, stride: int, dilation: int) -> None:
    """Any chunking at multiples of the stride gives the whole result."""
    torch.manual_seed(0)
    conv = CausalConv1d(3, 5, kernel, stride=stride, dilation=dilation)
    x = torch.randn(2, 3, 10 * stride)
    state = StreamState()
    parts = [conv(piece, state) for piece in x.split([stride, 4 * stride, 2 * stride, 3 * stride], dim=-1)]
    assert torch.allclose(torch.cat(parts, dim=-1), conv(x), atol=1e-6)


def test_output_does_not_see_the_future() -> None:
    """Changing input t leaves every output before t as it was."""
    conv = CausalConv1d(1, 1, 5)
    x = torch.randn(1, 1, 20)
    changed = x.clone()
    changed[..., 12] += 1.0
    assert torch.equal(conv(x)[..., :12], conv(changed)[..., :12])
