"""A running decoder with soft idling, nods and fading seams."""

import copy

import numpy as np

from solami import skeleton
from solami.body.geometry import angle_between, axis_angle_to_quaternion, multiply
from solami.body.nodding import NodLayer
from solami.body.procedural import idle
from solami.frames import Codes, MotionChunk
from solami.pipeline.living_body import LivingBody, Shown
from solami.tokenizers.base import MotionCodes, MotionDecoder

HEAD = skeleton.INDEX["head"]
ELBOW = skeleton.INDEX["left_elbow"]


class Bending(MotionDecoder):
    """Bends the elbow at once by as many degrees as the code says."""

    def push(self, codes: MotionCodes) -> MotionChunk:
        still = idle(0.4)
        rotations = still.rotations.copy()
        bend = axis_angle_to_quaternion(np.array([0.0, np.radians(float(codes.body.values[0, 0])), 0.0]))
        rotations[:, ELBOW] = multiply(bend, rotations[:1, ELBOW])
        return MotionChunk(rotations, still.translation)


def codes(degrees: int) -> MotionCodes:
    """One beat."""
    values = np.full((1, 3), degrees, np.int32)
    return MotionCodes(Codes("body", values, 7.5), Codes("hands", values, 7.5))


def steps(parts: list[MotionChunk]) -> np.ndarray:
    """Degrees that the elbow turns from pose to pose."""
    turns = np.concatenate([part.rotations[:, ELBOW] for part in parts]).astype(np.float64)
    return np.degrees(angle_between(turns[1:], turns[:-1]))


def test_replies_alone_pass_unchanged() -> None:
    """A body that never idled gives the decoder's own poses."""
    body = LivingBody(Bending())
    for degrees in (0, 40):
        np.testing.assert_array_equal(body.push(codes(degrees)).rotations, Bending().push(codes(degrees)).rotations)


def test_idling_follows_softly() -> None:
    """A jump of 40 degrees, from a reply or within idling, is spread over some poses and gets there."""
    body = LivingBody(Bending())
    parts = [body.push(codes(0)), *(body.push_idle(codes(40)) for _ in range(3)), body.push_idle(codes(0))]
    assert steps(parts).max() < 10
    end = Bending().push(codes(40)).rotations[-1, ELBOW]
    assert np.degrees(angle_between(parts[3].rotations[-1, ELBOW].astype(float), end.astype(float))) < 0.5


def test_a_reply_takes_over_without_a_jump() -> None:
    """What idling was behind its codes fades in a reply, which then is the decoder's own again."""
    body = LivingBody(Bending())
    body.push(codes(0))
    behind = body.push_idle(codes(90))
    cut = MotionChunk(behind.rotations[:, :].copy(), behind.translation)
    reply = [body.push(codes(90)) for _ in range(6)]
    assert steps([cut, *reply]).max() < 20
    np.testing.assert_allclose(reply[-1].rotations, Bending().push(codes(90)).rotations, atol=2e-3)


def test_a_nod_ends_within_the_reply() -> None:
    """A nod that a reply interrupts is not cut off."""
    long = next(seed for seed in range(50) if len(NodLayer(seed)._drawn(30.0)) > 20)
    body = LivingBody(Bending(), long)
    idling = body.push_idle(codes(0), nod=True)
    reply = [body.push(codes(0)) for _ in range(3)]
    heads = np.concatenate([p.rotations[:, HEAD] for p in (idling, *reply)]).astype(np.float64)
    assert np.degrees(angle_between(heads[1:], heads[:-1])).max() < 2.5
    plain = np.concatenate([Bending().push(codes(0)).rotations[:, HEAD]] * 4).astype(np.float64)
    assert np.degrees(angle_between(heads, plain))[12:].max() > 0.5


def test_copies_go_their_own_way() -> None:
    """A mark's copy of the body is not moved by what comes after it."""
    body = LivingBody(Bending())
    body.push_idle(codes(0))
    kept = copy.deepcopy(body)
    body.push_idle(codes(90))
    np.testing.assert_array_equal(
        kept.push_idle(codes(0)).rotations[:, ELBOW], Bending().push(codes(0)).rotations[:, ELBOW]
    )


def test_a_body_that_is_cut_short_goes_on_from_what_was_seen() -> None:
    """In idling and in a reply the next pose is near the one that was seen, and comes back to the codes."""
    for idles in (True, False):
        body = LivingBody(Bending())
        seen = body.push(codes(0))
        body.push(codes(80))  # of this beat nothing was seen
        body.cut_short(Shown(seen.rotations[-1].astype(np.float64), seen.translation[-1].astype(np.float64)))
        parts = [seen, *(body.push_idle(codes(80)) if idles else body.push(codes(80)) for _ in range(5))]
        turned = steps(parts)
        assert turned[: len(seen.rotations)].max() < 80 * 0.25
        assert abs(turned.sum() - 80) < 2
