"""Forward kinematics in torch, batched and differentiable: rotations -> joint positions. Knows no features."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor


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


def joint_positions(local: Tensor, parents: tuple[int, ...], offsets: Tensor) -> Tensor:
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
