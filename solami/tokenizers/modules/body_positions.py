"""Body features -> joint positions in torch: what a decoded body frame puts where."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from solami import skeleton
from solami.tokenizers.modules.kinematics import joint_positions, six_to_matrix
from solami.tokenizers.motion_features import HEIGHT, JOINTS, STEP, TILT, TURN


@dataclass(frozen=True)
class BodyTruth:
    """Positions of one batch of body frames in the heading frame, and where the heading goes."""

    local: Tensor  # [B, T, 22, 3] pelvis over the origin, heading taken out
    turned: Tensor  # [B, T, 22, 3] with the heading summed since the window's start
    floor: Tensor  # [B, T, 2] path of the pelvis since the window's start


def body_truth(frames: Tensor) -> BodyTruth:
    """Body frames [B, D, T] -> positions."""
    frames = frames.transpose(1, 2).float()
    batch, count, _ = frames.shape
    six = torch.cat([frames[..., TILT], frames[..., JOINTS]], dim=-1).reshape(-1, 22, 6)
    offsets = torch.tensor([joint.offset_m for joint in skeleton.JOINTS[:22]])
    local = joint_positions(six_to_matrix(six), skeleton.PARENTS[:22], offsets).reshape(batch, count, 22, 3)
    local = local + F.pad(frames[..., None, HEIGHT, None], (1, 1))
    yaw = frames[..., TURN].cumsum(1)
    turned = turn_about_y(local, yaw[..., None])
    step = torch.stack([frames[..., STEP.start], torch.zeros_like(yaw), frames[..., STEP.start + 1]], dim=-1)
    return BodyTruth(local, turned, turn_about_y(step, yaw)[..., ::2].cumsum(1))


def turn_about_y(v: Tensor, yaw: Tensor) -> Tensor:
    """Vectors [..., 3] turned about +Y by `yaw` [...] radians."""
    sine, cosine = yaw.sin(), yaw.cos()
    return torch.stack(
        [cosine * v[..., 0] + sine * v[..., 2], v[..., 1], cosine * v[..., 2] - sine * v[..., 0]], dim=-1
    )
