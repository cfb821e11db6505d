import torch

from solami.body.procedural import wave
from solami.body.standing import moved
from solami.body.timing import cut, join
from solami.frames import MotionChunk
from solami.tokenizers.motion_features import FeatureExtractor
from solami.training.motion_losses import body_losses, hands_losses


def _circling() -> MotionChunk:
    return join([moved(cut(wave(2.0), i, i + 1), 0.05 * i, 0.01 * i, 0.02 * i) for i in range(60)])


def test_only_a_wrong_decoding_costs() -> None:
    """The losses of a perfect decoding are zero and each grows when the decoding is off."""
    body, hands = (torch.from_numpy(f).T[None] for f in FeatureExtractor().push(_circling()))
    for losses, frames in ((body_losses, body), (hands_losses, hands)):
        scale = torch.full((frames.shape[1], 1), 0.2)
        perfect = losses(frames, frames, scale)
        off = losses(
            frames, frames + 0.05 * torch.randn(frames.shape, generator=torch.Generator().manual_seed(0)), scale
        )
        assert all(v < 0.02 for v in perfect.values())
        assert all(off[k] > perfect[k] for k in perfect if k != "contact")  # no foot stands here


def test_sliding_feet_cost() -> None:
    """A decoding that drifts over the floor while the feet stand is charged for contact."""
    frames = torch.from_numpy(FeatureExtractor().push(wave(2.0))[0]).T[None]
    drifting = frames.clone()
    drifting[:, 1] += 0.01
    scale = torch.ones(frames.shape[1], 1)
    assert body_losses(frames, drifting, scale)["contact"] > 0.09


def test_a_nod_costs_as_much_as_a_fist() -> None:
    """Ten degrees of the head are charged like ten degrees of several fingers, though they move no finger."""
    hands = torch.from_numpy(FeatureExtractor().push(wave(1.0))[1]).T[None]
    scale = torch.ones(hands.shape[1], 1)

    def turned(first: int, joints: int) -> float:
        other = hands.clone()
        other[:, 6 * first : 6 * (first + joints)] = torch.tensor([1.0, 0, 0, 0, 0.985, 0.174] * joints)[:, None]
        return float(hands_losses(hands, other, scale)["position"])

    assert turned(31, 1) > turned(0, 6) > 0
