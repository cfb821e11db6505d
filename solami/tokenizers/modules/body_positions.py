"""Body features -> positions of joints and tips in torch: what a decoded body frame puts where."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from solami import skeleton
from solami.tokenizers.modules.kinematics import joint_positions, six_to_matrix
from solami.tokenizers.motion_features import HEIGHT, JOINTS, STEP, TILT, TURN

_TIPS: tuple[tuple[str, tuple[float, float, float]], ...] = (
    ("head", (0.0, 0.08, 0.11)),
    ("head", (0.08, 0.08, 0.0)),
    ("left_wrist", (0.09, 0.0, 0.0)),
    ("left_wrist", (0.03, 0.0, 0.05)),
    ("right_wrist", (-0.09, 0.0, 0.0)),
    ("right_wrist", (-0.03, 0.0, 0.05)),
    ("left_foot", (0.0, 0.0, 0.07)),
    ("right_foot", (0.0, 0.0, 0.07)),
)  # nose, ear, knuckle, thumb, toe: a joint at the end of its limb moves nothing else when it turns
NUM_POINTS = skeleton.NUM_BODY_JOINTS + len(_TIPS)
_PARENTS = skeleton.PARENTS[: skeleton.NUM_BODY_JOINTS] + tuple(skeleton.INDEX[name] for name, _ in _TIPS)
_OFFSETS = [joint.offset_m for joint in skeleton.JOINTS[: skeleton.NUM_BODY_JOINTS]] + [at for _, at in _TIPS]
_NO_TURN = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True)
class BodyTruth:
    """Positions of one batch of body frames in the heading frame, and where the heading goes.

    P points: the 22 body joints, then the tips that show how head, hands and feet are turned.
    """

    local: Tensor  # [B, T, P, 3] pelvis over the origin, heading taken out
    turned: Tensor  # [B, T, P, 3] with the heading summed since the window's start
    floor: Tensor  # [B, T, 2] path of the pelvis since the window's start


def body_truth(frames: Tensor) -> BodyTruth:
    """Body frames [B, D, T] -> positions."""
    frames = frames.transpose(1, 2).float()
    batch, count, _ = frames.shape
    tips = torch.tensor(_NO_TURN * len(_TIPS)).expand(batch, count, -1)
    six = torch.cat([frames[..., TILT], frames[..., JOINTS], tips], dim=-1).reshape(-1, NUM_POINTS, 6)
    local = joint_positions(six_to_matrix(six), _PARENTS, torch.tensor(_OFFSETS)).reshape(batch, count, NUM_POINTS, 3)
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
