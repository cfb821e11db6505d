"""A small causal recurrent network: tracker features -> joint rotations of 22 body joints. Knows no skeleton.

The idea of predicting a body from a headset and two controllers in the frame of the head is that of AvatarPoser
(https://arxiv.org/abs/2207.13784); this one is recurrent and small enough for one step in under a millisecond.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from solami.strict import Strict


class ThreePointsNetConfig(Strict):
    """The network's size."""

    inputs: int = Field(38, gt=0, description="numbers in a feature frame")
    joints: int = Field(22, gt=0, description="body joints, the pelvis first")
    read_width: int = Field(96, gt=0)
    state_width: int = Field(128, gt=0)


class ThreePointsNet(nn.Module):
    """Features in, the pelvis in the headset's heading frame and parent-relative rotations out."""

    mean: Tensor
    scale: Tensor
    rest: Tensor

    def __init__(self, config: ThreePointsNetConfig) -> None:
        super().__init__()
        read, state = config.read_width, config.state_width
        self.register_buffer("mean", torch.zeros(config.inputs))
        self.register_buffer("scale", torch.ones(config.inputs))
        self.register_buffer("rest", torch.tensor([1.0, 0, 0, 0, 1, 0]).repeat(config.joints))
        self.read = nn.Linear(config.inputs, read)
        self.carry = nn.GRU(read, state, batch_first=True)
        self.mix = nn.Linear(read + state, state)
        self.write = nn.Linear(state, 6 * config.joints)

    def forward(self, features: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Features [B, T, D] and a state [1, B, S] -> rotations 6D [B, T, joints * 6] and the new state."""
        x = F.gelu(self.read(((features - self.mean) / self.scale).clamp(-6, 6)))
        carried, state = self.carry(x, state)
        return self.rest + self.write(F.gelu(self.mix(torch.cat([x, carried], dim=-1)))), state
