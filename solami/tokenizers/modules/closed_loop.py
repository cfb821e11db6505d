"""Chooses body codes by decoding the likeliest ones and keeping what comes out nearest: analysis by synthesis.

The idea is that of CELP speech coders (Schroeder & Atal 1985). The encoder knows what the decoder will make of its
codes, so errors that a decoder sums up, heading above all, are seen and worked off instead of growing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from solami.tokenizers.modules.body_positions import body_truth, turn_about_y
from solami.tokenizers.modules.causal import StreamState
from solami.tokenizers.modules.motion_vq import MotionNet
from solami.tokenizers.motion_features import TILT, TURN

CANDIDATES = (8, 4, 2, 2)  # entries tried in each residual codebook
FLOOR_WEIGHT, VELOCITY_WEIGHT, LATENT_WEIGHT, ROTATION_WEIGHT = 0.1, 1.0, 0.05, 0.1


@dataclass(frozen=True)
class _Standing:
    """Where a body is after a code frame, for each candidate or for the truth ([1])."""

    yaw: Tensor  # [N] radians since the start of the stream
    floor: Tensor  # [N, 3] of the pelvis, metres, y = 0
    joints: Tensor  # [N, 1, 22, 3] of the last pose, in the world

    def row(self, index: int) -> _Standing:
        """One candidate's."""
        chosen = slice(index, index + 1)
        return _Standing(self.yaw[chosen], self.floor[chosen], self.joints[chosen])


class OpenLoop:
    """One running encode that takes the nearest code of each residual codebook: for parts that sum up no error."""

    def __init__(self, net: MotionNet) -> None:
        self._net = net
        self._encoder = StreamState()

    def step(self, frames: Tensor) -> Tensor:
        """Feature frames [1, D, 4] -> codes [K, 1] of one code frame."""
        return self._net.quantize(self._net.latents(frames, self._encoder))[1][0]


class ClosedLoop:
    """One running encode of a body: the encoder's past, and the decoder that will follow its codes."""

    def __init__(self, net: MotionNet) -> None:
        self._net = net
        self._encoder, self._decoder = StreamState(), StreamState()
        self._true: _Standing | None = None
        self._shown: _Standing | None = None

    def step(self, frames: Tensor) -> Tensor:
        """Body frames [1, D, 4] -> codes [K, 1] of one code frame."""
        latents = self._net.latents(frames, self._encoder)
        codes, distance = candidates(self._net, latents[:, :, 0])
        state = self._decoder.repeated(len(codes))
        decoded = self._net.frames(self._net.vectors(codes[:, :, None]), state)
        true_pose, true_world, true_after = _walk(frames, self._true)
        pose, world, after = _walk(decoded, self._shown)
        speed = _speed(world, self._shown) - _speed(true_world, self._true)
        cost = (
            (pose - true_pose).norm(dim=-1).mean(dim=(1, 2))
            + FLOOR_WEIGHT * (after.floor - true_after.floor).norm(dim=-1)
            + VELOCITY_WEIGHT * speed.norm(dim=-1).mean(dim=(1, 2))
            + LATENT_WEIGHT * distance
            + ROTATION_WEIGHT * (decoded[:, TILT.start :] - frames[:, TILT.start :]).square().mean(dim=(1, 2)).sqrt()
        )
        best = int(cost.argmin())
        self._decoder, self._true, self._shown = state.row(best), true_after, after.row(best)
        return codes[best][:, None]


def candidates(net: MotionNet, latent: Tensor) -> tuple[Tensor, Tensor]:
    """The likeliest codes [N, K] of a latent [1, L], nearest first in each book, and their distances [N] from it."""
    books = net.quantizer.codebooks
    codes, rest = torch.zeros(1, 0, dtype=torch.long), latent
    for book, count in zip(books, CANDIDATES, strict=False):
        near = torch.cdist(rest, book).topk(min(count, len(book)), dim=1, largest=False).indices
        codes = torch.cat([codes.repeat_interleave(near.shape[1], dim=0), near.reshape(-1, 1)], dim=1)
        rest = rest.repeat_interleave(near.shape[1], dim=0) - book[near.flatten()]
    return codes, rest.norm(dim=1)


def _walk(frames: Tensor, before: _Standing | None) -> tuple[Tensor, Tensor, _Standing]:
    """Frames [N, D, 4] -> joints about the pelvis and in the world [N, 4, 22, 3], and where the body then is."""
    moved = body_truth(frames)
    yaw = torch.zeros(1) if before is None else before.yaw
    start = torch.zeros(1, 3) if before is None else before.floor
    pose = turn_about_y(moved.turned, yaw[:, None, None])
    path = F.pad(moved.floor, (0, 1))[..., [0, 2, 1]]
    floor = start[:, None] + turn_about_y(path, yaw[:, None])
    world = pose + floor[:, :, None]
    return pose, world, _Standing(yaw + frames[:, TURN].sum(1), floor[:, -1], world[:, -1:])


def _speed(world: Tensor, before: _Standing | None) -> Tensor:
    """Steps of every joint [N, 4, 22, 3] from pose to pose; none into the first pose of a stream."""
    last = world[:, :1] if before is None else before.joints.expand(len(world), -1, -1, -1)
    return torch.cat([last, world], dim=1).diff(dim=1)
