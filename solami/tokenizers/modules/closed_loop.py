"""Chooses body codes by decoding the likeliest ones and keeping what comes out nearest: analysis by synthesis.

The idea is that of CELP speech coders (Schroeder & Atal 1985). The encoder knows what the decoder will make of its
codes, so errors that a decoder sums up, heading above all, are seen and worked off instead of growing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from solami import skeleton
from solami.tokenizers.modules.body_positions import body_truth, turn_about_y
from solami.tokenizers.modules.causal import StreamState
from solami.tokenizers.modules.motion_vq import MotionNet
from solami.tokenizers.motion_features import TILT, TURN

CANDIDATES = (8, 4, 2, 2)  # entries tried in each residual codebook
FLOOR_WEIGHT, VELOCITY_WEIGHT, LATENT_WEIGHT, ROTATION_WEIGHT = 0.1, 1.0, 0.02, 0.5
# At weight 3 the feet of decoded test clips slide 1.14 times as fast as the source's (1.33 at 0, mean of clips) for
# 0.1 mm of joint error; at 10 they slide 1.00 times as fast for 1.2 mm.
SLIDE_WEIGHT = 3.0
_BALLS = [skeleton.INDEX["left_foot"], skeleton.INDEX["right_foot"]]
_STANDS_M, _STANDS_STEP_M = 0.05, 0.25 / 30  # above the floor; from pose to pose
_HARDLY_STEP_M, _SLIDE_STEP_M = 0.01 / 30, 0.02 / 30


@dataclass(frozen=True)
class _Standing:
    """Where bodies are after a code frame."""

    yaw: Tensor  # [N] radians since the start of the stream
    floor: Tensor  # [N, 3] of the pelvis, metres, y = 0
    joints: Tensor  # [N, 1, P, 3] of the last pose, in the world

    def repeated(self, count: int) -> _Standing:
        """Each body `count` times."""
        return _Standing(*(part.repeat_interleave(count, dim=0) for part in (self.yaw, self.floor, self.joints)))

    def rows(self, chosen: Tensor) -> _Standing:
        """Some of the bodies."""
        return _Standing(self.yaw[chosen], self.floor[chosen], self.joints[chosen])


class OpenLoop:
    """One running encode that takes the nearest code of each residual codebook: for parts that sum up no error."""

    def __init__(self, net: MotionNet) -> None:
        self._net = net
        self._encoder = StreamState()

    def step(self, frames: Tensor) -> Tensor:
        """Feature frames [B, D, 4] -> codes [B, K, 1] of one code frame."""
        return self._net.quantize(self._net.latents(frames, self._encoder))[1]


class ClosedLoop:
    """One running encode of a body: the encoder's past, and the decoder that will follow its codes."""

    def __init__(self, net: MotionNet) -> None:
        self._net = net
        self._encoder, self._decoder = StreamState(), StreamState()
        self._true: _Standing | None = None
        self._shown: _Standing | None = None

    def step(self, frames: Tensor) -> Tensor:
        """Body frames [B, D, 4] of as many streams -> codes [B, K, 1] of one code frame each."""
        latents = self._net.latents(frames, self._encoder)
        codes, distance = candidates(self._net, latents[:, :, 0])
        count = codes.shape[1]
        state = self._decoder.repeated(count)
        decoded = self._net.frames(self._net.vectors(codes.flatten(0, 1)[:, :, None]), state)
        shown = None if self._shown is None else self._shown.repeated(count)
        true_pose, true_world, true_after = _walk(frames, self._true)
        pose, world, after = _walk(decoded, shown)
        true_steps, steps = _steps(true_world, self._true), _steps(world, shown)
        turned_by = decoded[:, TILT.start :] - frames[:, TILT.start :].repeat_interleave(count, dim=0)
        cost = (
            (pose - true_pose.repeat_interleave(count, dim=0)).norm(dim=-1).mean(dim=(1, 2))
            + FLOOR_WEIGHT * (after.floor - true_after.floor.repeat_interleave(count, dim=0)).norm(dim=-1)
            + VELOCITY_WEIGHT * (steps - true_steps.repeat_interleave(count, dim=0)).norm(dim=-1).mean(dim=(1, 2))
            + SLIDE_WEIGHT * _slide(_standing_feet(true_world, true_steps).repeat_interleave(count, dim=0), steps)
            + LATENT_WEIGHT * distance.flatten()
            + ROTATION_WEIGHT * turned_by.square().mean(dim=(1, 2)).sqrt()
        )
        best = cost.view(-1, count).argmin(dim=1)
        chosen = best + count * torch.arange(len(best))
        self._decoder, self._true, self._shown = state.rows(chosen), true_after, after.rows(chosen)
        return codes.flatten(0, 1)[chosen][:, :, None]


def candidates(net: MotionNet, latents: Tensor) -> tuple[Tensor, Tensor]:
    """The likeliest codes [B, N, K] of latents [B, L], nearest first in each book, and their distances [B, N]."""
    rows = len(latents)
    codes, rest = torch.zeros(rows, 0, dtype=torch.long), latents
    for book, count in zip(net.quantizer.codebooks, CANDIDATES, strict=False):
        near = torch.cdist(rest, book).topk(min(count, len(book)), dim=1, largest=False).indices
        codes = torch.cat([codes.repeat_interleave(near.shape[1], dim=0), near.reshape(-1, 1)], dim=1)
        rest = rest.repeat_interleave(near.shape[1], dim=0) - book[near.flatten()]
    return codes.view(rows, -1, codes.shape[1]), rest.norm(dim=1).view(rows, -1)


def _walk(frames: Tensor, before: _Standing | None) -> tuple[Tensor, Tensor, _Standing]:
    """Frames [N, D, 4] -> points about the pelvis and in the world [N, 4, P, 3], and where the body then is."""
    moved = body_truth(frames)
    yaw = torch.zeros(1) if before is None else before.yaw
    start = torch.zeros(1, 3) if before is None else before.floor
    pose = turn_about_y(moved.turned, yaw[:, None, None])
    path = F.pad(moved.floor, (0, 1))[..., [0, 2, 1]]
    floor = start[:, None] + turn_about_y(path, yaw[:, None])
    world = pose + floor[:, :, None]
    return pose, world, _Standing(yaw + frames[:, TURN].sum(1), floor[:, -1], world[:, -1:])


def _steps(world: Tensor, before: _Standing | None) -> Tensor:
    """Steps of every joint [N, 4, P, 3] from pose to pose; none into the first pose of a stream."""
    last = world[:, :1] if before is None else before.joints
    return torch.cat([last, world], dim=1).diff(dim=1)


def _standing_feet(world: Tensor, steps: Tensor) -> Tensor:
    """How firmly each foot stands [N, 4, 2]: 0 in the air or in a step, the more the less it slides."""
    low = world[:, :, _BALLS, 1] - skeleton.CONTACT_HEIGHTS_M[-1] < _STANDS_M
    slides = _floor_steps(steps)
    return (low & (slides < _STANDS_STEP_M)) * _SLIDE_STEP_M / (slides + _HARDLY_STEP_M)


def _slide(stands: Tensor, steps: Tensor) -> Tensor:
    """How far feet slide [N] that should stand, metres from pose to pose."""
    return (stands * _floor_steps(steps)).mean(dim=(1, 2))


def _floor_steps(steps: Tensor) -> Tensor:
    """Of the balls of both feet [N, 4, 2], over the floor."""
    return steps[:, :, _BALLS][..., ::2].norm(dim=-1)
