"""A character's body between replies."""

import numpy as np
import pytest
import torch

from solami.body.geometry import heading, multiply, yaw_quaternion
from solami.body.procedural import idle
from solami.frames import Codes, MotionChunk
from solami.pipeline.idle_body import WAYS, IdleBody
from solami.pipeline.living_body import LivingBody
from solami.tokenizers.base import MotionCodes, MotionDecoder
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.idle import IdleModel


class Turning(MotionDecoder):
    """Every beat turns by a tenth of a radian, to the left for even codes and to the right for odd ones."""

    pushed = 0

    def __init__(self) -> None:
        self.yaw = 0.0

    def push(self, codes: MotionCodes) -> MotionChunk:
        Turning.pushed += 1
        self.yaw += 0.1 if codes.body.values[0, 0] % 2 == 0 else -0.1
        still = idle(0.4)
        rotations = still.rotations.copy()
        rotations[:, 0] = multiply(yaw_quaternion(np.array(self.yaw)), rotations[:, 0])
        return MotionChunk(rotations, still.translation)


@pytest.fixture
def body() -> IdleBody:
    """A random network over the dummy tokenizer's codes."""
    torch.manual_seed(0)
    tokenizer = DummyMotionTokenizer()
    return IdleBody(IdleModel.fresh(tokenizer, table_width=4, state_width=8), tokenizer, seed=1)


def test_the_body_does_not_turn_away(body: IdleBody) -> None:
    """However codes add up, the heading stays near its place, and other ways are decoded only when it is off."""
    living, yaws = LivingBody(Turning()), []
    Turning.pushed = 0
    for _ in range(60):
        poses, living = body.beat(living, listening=False, paused=False)
        yaws.append(float(heading(poses.rotations[-1, 0])))
    assert np.abs(np.array(yaws) - yaws[0]).max() < 0.45
    assert 60 < Turning.pushed < 60 * WAYS


def test_after_a_reply_the_new_place_is_home(body: IdleBody) -> None:
    """A body that a reply has turned round stays so."""
    turning = Turning()
    living = LivingBody(turning)
    _, living = body.beat(living, listening=False, paused=False)
    turning.yaw = 2.0
    reply = _beat()
    living.push(reply)
    body.after(reply)
    for _ in range(6):
        poses, living = body.beat(living, listening=False, paused=False)
    assert abs(float(heading(poses.rotations[-1, 0])) - 2.0) < 0.4


def _beat() -> MotionCodes:
    tokenizer = DummyMotionTokenizer()
    specs = (tokenizer.body_spec, tokenizer.hands_spec)
    return MotionCodes(*(Codes(s.modality, np.zeros((s.num_codebooks, 3), np.int32), s.frame_rate) for s in specs))
