"""What the motion tokenizer is trained to keep: features, joint positions and their velocity, feet that stand still."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from solami import skeleton
from solami.tokenizers.modules.body_positions import body_truth
from solami.tokenizers.modules.kinematics import joint_positions, six_to_matrix
from solami.tokenizers.motion_features import NODDING

_FEET = list(skeleton.CONTACT_JOINTS)
# Of a hands frame: fingers, -1 hangs from a wrist; then neck and head with two points, nose and ear.
_HANDS_TREE = (*(p - 25 if p >= 25 else -1 for p in skeleton.PARENTS[25:]), -1, 30, 31, 31)
_FACE = ((0.0, 0.08, 0.11), (0.08, 0.08, 0.0))
_FACE_SHARE = 8.0  # as much as so many finger joints


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
    """Weighted losses of decoded hands frames [B, D, T]; positions are relative to wrists and neck."""
    truth, guess = (_hand_points(x) for x in (frames, decoded))
    weights = torch.ones(truth.shape[2])
    weights[-len(_FACE) :] = _FACE_SHARE
    return {
        "features": F.smooth_l1_loss(decoded / scale, frames / scale, beta=0.5),
        "position": 50 * ((guess - truth).norm(dim=-1) * weights).mean(),
        "velocity": 50 * ((guess.diff(dim=1) - truth.diff(dim=1)).norm(dim=-1) * weights).mean(),
    }


def _hand_points(frames: Tensor) -> Tensor:
    """Hands frames [B, D, T] -> finger joints, neck, head, nose and ear [B, T, 34, 3]."""
    offsets = [skeleton.JOINTS[joint].offset_m for joint in (*range(skeleton.FIRST_FINGER, 55), *NODDING)]
    six = frames.transpose(1, 2).float().unflatten(-1, (-1, 6)).flatten(0, 1)
    still = torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]).expand(len(six), len(_FACE), 6)
    turns = six_to_matrix(torch.cat([six, still], dim=1))
    points = joint_positions(turns, _HANDS_TREE, torch.tensor([*offsets, *_FACE]))
    return points.unflatten(0, (frames.shape[0], frames.shape[2]))
