"""What the motion tokenizer is trained to keep: features, joint positions and their velocity, feet that stand still."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from solami import skeleton
from solami.tokenizers.modules.body_positions import body_truth
from solami.tokenizers.modules.kinematics import joint_positions, six_to_matrix

_FEET = list(skeleton.CONTACT_JOINTS)
_HANDS_TREE = tuple(p - 25 if p >= 25 else -1 for p in skeleton.PARENTS[25:])  # -1: hangs from a wrist


def body_losses(frames: Tensor, decoded: Tensor, scale: Tensor) -> dict[str, Tensor]:
    """Weighted losses of decoded body frames [B, D, T] against `frames`; a joint 1 cm off costs about 0.1."""
    truth, guess = body_truth(frames), body_truth(decoded)
    world, seen = (t.turned + F.pad(t.floor, (0, 1))[..., None, [0, 2, 1]] for t in (truth, guess))
    speed, shown = world.diff(dim=1), seen.diff(dim=1)
    feet = world[:, 1:, _FEET]
    low = feet[..., 1] < torch.tensor(skeleton.CONTACT_HEIGHTS_M) + 0.04
    stands = (low & (speed[:, :, _FEET].norm(dim=-1) < 0.012)).float()
    slide = (shown[:, :, _FEET].norm(dim=-1) * stands).sum() / stands.sum().clamp(min=1)
    return {
        "features": F.smooth_l1_loss(decoded / scale, frames / scale, beta=0.5),
        "position": 10 * (guess.local - truth.local).norm(dim=-1).mean(),
        "turned": 5 * (guess.turned - truth.turned).norm(dim=-1).mean(),
        "floor": 0.5 * (guess.floor - truth.floor).norm(dim=-1).mean(),
        "velocity": 20 * (shown - speed).norm(dim=-1).mean(),
        "contact": 30 * slide,
    }


def hands_losses(frames: Tensor, decoded: Tensor, scale: Tensor) -> dict[str, Tensor]:
    """Weighted losses of decoded hands frames [B, D, T]; positions are relative to the wrists."""
    offsets = torch.tensor([joint.offset_m for joint in skeleton.JOINTS[25:]])
    shape = (frames.shape[0], frames.shape[2], 30, 6)
    truth, guess = (
        joint_positions(six_to_matrix(x.transpose(1, 2).float().reshape(shape).flatten(0, 1)), _HANDS_TREE, offsets)
        for x in (frames, decoded)
    )
    truth, guess = (x.reshape(*shape[:3], 3) for x in (truth, guess))
    return {
        "features": F.smooth_l1_loss(decoded / scale, frames / scale, beta=0.5),
        "position": 50 * (guess - truth).norm(dim=-1).mean(),
        "velocity": 50 * (guess.diff(dim=1) - truth.diff(dim=1)).norm(dim=-1).mean(),
    }
