"""The three-point network."""

import torch

from solami.tokenizers.modules.three_points_net import ThreePointsNet, ThreePointsNetConfig


def test_streaming_equals_whole() -> None:
    """Frame by frame with a carried state gives what the whole gives."""
    torch.manual_seed(0)
    net = ThreePointsNet(ThreePointsNetConfig(read_width=8, state_width=12)).eval()
    features = torch.randn(2, 9, 38)
    whole, _ = net(features)
    state, parts = None, []
    for frame in features.split(2, dim=1):
        part, state = net(frame, state)
        parts.append(part)
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, atol=1e-5, rtol=0)


def test_the_default_is_small() -> None:
    """The shipped size stays within 150 thousand weights."""
    assert sum(p.numel() for p in ThreePointsNet(ThreePointsNetConfig()).parameters()) <= 150_000
