"""What the motion tokenizer is trained to keep: features, joint positions and their velocity, feet that stand still."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from solami import skeleton
from solami.tokenizers.motion_features import HEIGHT, JOINTS, STEP, TILT, TURN

_FEET = list(skeleton.CONTACT_JOINTS)
_HANDS_TREE = tuple(p - 25 if p >= 25 else -1 for p in skeleton.PARENTS[25:])  # -1: hangs from a wrist


def six_to_matrix(six: Tensor) -> Tensor:
    """6D [..., 6] -> rotation matrices [..., 3, 3] by Gram-Schmidt."""
    x = F.normalize(six[..., :3], dim=-1)
    y = F.normalize(six[..., 3:] - (x * six[..., 3:]).sum(-1, keepdim=True) * x, dim=-1)
    return torch.stack([x, y, torch.linalg.cross(x, y)], dim=-1)


def _levels(parents: tuple[int, ...]) -> list[list[int]]:
    """Joints by distance from the root, so that one product serves a whole level."""
    depth: list[int] = []
    for parent in parents:
        depth.append(0 if parent < 0 else depth[parent] + 1)
    return [[i for i, d in enumerate(depth) if d == level] for level in range(max(depth) + 1)]


def _positions(local: Tensor, parents: tuple[int, ...], offsets: Tensor) -> Tensor:
    """Forward kinematics: rotations [N, J, 3, 3] -> positions [N, J, 3]; parent -1 hangs from the origin."""
    levels = _levels(parents)
    world, places = local[:, levels[0]], offsets[levels[0]].expand(len(local), -1, 3)
    all_places = [places]
    for above, level in pairwise(levels):
        up = [above.index(parents[i]) for i in level]
        frame = world[:, up]
        places = places[:, up] + (frame @ offsets[level, :, None])[..., 0]
        world = frame @ local[:, level]
        all_places.append(places)
    order = torch.tensor([i for level in levels for i in level]).argsort()
    return torch.cat(all_places, dim=1)[:, order]


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
    local = _positions(six_to_matrix(six), skeleton.PARENTS[:22], offsets).reshape(batch, count, 22, 3)
    local = local + F.pad(frames[..., None, HEIGHT, None], (1, 1))
    yaw = frames[..., TURN].cumsum(1)
    turned = _turn(local, yaw[..., None])
    step = torch.stack([frames[..., STEP.start], torch.zeros_like(yaw), frames[..., STEP.start + 1]], dim=-1)
    return BodyTruth(local, turned, _turn(step, yaw)[..., ::2].cumsum(1))


def _turn(v: Tensor, yaw: Tensor) -> Tensor:
    sine, cosine = yaw.sin(), yaw.cos()
    return torch.stack(
        [cosine * v[..., 0] + sine * v[..., 2], v[..., 1], cosine * v[..., 2] - sine * v[..., 0]], dim=-1
    )


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
        "contact": 10 * slide,
    }


def hands_losses(frames: Tensor, decoded: Tensor, scale: Tensor) -> dict[str, Tensor]:
    """Weighted losses of decoded hands frames [B, D, T]; positions are relative to the wrists."""
    offsets = torch.tensor([joint.offset_m for joint in skeleton.JOINTS[25:]])
    shape = (frames.shape[0], frames.shape[2], 30, 6)
    truth, guess = (
        _positions(six_to_matrix(x.transpose(1, 2).float().reshape(shape).flatten(0, 1)), _HANDS_TREE, offsets)
        for x in (frames, decoded)
    )
    truth, guess = (x.reshape(*shape[:3], 3) for x in (truth, guess))
    return {
        "features": F.smooth_l1_loss(decoded / scale, frames / scale, beta=0.5),
        "position": 50 * (guess - truth).norm(dim=-1).mean(),
        "velocity": 50 * (guess.diff(dim=1) - truth.diff(dim=1)).norm(dim=-1).mean(),
    }
