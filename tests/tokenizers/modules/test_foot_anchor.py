"""Decoded steps under standing feet."""

import numpy as np
import torch

from solami.body.gestures.catalogue import perform
from solami.body.measures import foot_skate_ratio
from solami.body.procedural import wave
from solami.frames import FloatArray, MotionChunk
from solami.tokenizers.modules.causal import StreamState
from solami.tokenizers.modules.foot_anchor import FootAnchor
from solami.tokenizers.motion_features import STEP, FeatureExtractor, PoseIntegrator

ANCHOR = FootAnchor()


def _features(motion: MotionChunk) -> tuple[torch.Tensor, FloatArray]:
    body, hands = FeatureExtractor().push(motion)
    return torch.from_numpy(body).T[None], hands


def test_a_standing_body_that_drifts_is_held() -> None:
    """A wave decoded with a drift of 10 cm/s stands where its feet are: what is left is below 1 cm/s."""
    frames, _ = _features(wave(2.0))
    drifting = frames.clone()
    drifting[:, STEP.start] += 0.1 / 30
    held = ANCHOR(drifting)
    assert float((held[:, STEP, 1:] - frames[:, STEP, 1:]).abs().max()) * 30 < 0.01


def test_only_steps_change_and_flight_keeps_its_own() -> None:
    """All numbers but the step are as they were, and a body in the air moves as decoded."""
    frames, _ = _features(wave(1.0))
    flying = frames.clone()
    flying[:, 3] += 0.3
    flying[:, STEP] += 0.02
    assert torch.equal(ANCHOR(flying), flying)
    kept = [i for i in range(frames.shape[1]) if i not in (1, 2)]
    assert torch.equal(ANCHOR(frames)[:, kept], frames[:, kept])


def test_a_stream_is_anchored_as_the_whole_is() -> None:
    """However frames are cut, the mended steps agree."""
    frames, _ = _features(perform("steps closer", 0).motion)
    state, cuts = StreamState(), frames.split(4, dim=2)
    streamed = torch.cat([ANCHOR(part, state) for part in cuts], dim=2)
    torch.testing.assert_close(streamed, ANCHOR(frames), atol=1e-6, rtol=0)


def test_walking_still_goes_somewhere() -> None:
    """Steps forward cover their way to within a tenth although a foot stands at every moment, and slide no more."""
    motion = perform("steps closer", 0).motion
    frames, hands = _features(motion)
    made = PoseIntegrator().push(ANCHOR(frames)[0].T.numpy(), hands, 30.0)
    went, goes = (np.linalg.norm(np.ptp(m.translation[:, ::2], axis=0)) for m in (motion, made))
    assert 0.9 * went < goes < 1.1 * went
    assert foot_skate_ratio(motion, made) <= 1.01
