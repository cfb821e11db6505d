from dataclasses import dataclass

import numpy as np
import pytest

from solami.body.gestures.catalogue import action_of, perform
from solami.body.standing import moved
from solami.body.variation import mirrored
from solami.evaluation.actions import ActionClassifier, accuracy, motion_features, train_action_classifier
from solami.frames import MotionChunk

CAPTIONS = ("waves with the right hand", "nods", "bows", "walks forward", "squats")


@dataclass(frozen=True)
class Clip:
    caption: str
    seed: int

    @property
    def action(self) -> str:
        return action_of(self.caption)

    def read(self) -> MotionChunk:
        return perform(self.caption, self.seed).motion


@pytest.fixture(scope="module")
def classifier() -> ActionClassifier:
    return train_action_classifier(Clip(caption, seed) for caption in CAPTIONS for seed in range(4))


def test_held_out_takes_are_told_apart(classifier: ActionClassifier) -> None:
    """Seeds that were not learned from are judged right, far above the commonest action's share."""
    right, chance = accuracy(classifier.best, [Clip(caption, 8) for caption in CAPTIONS])
    assert right == 1.0 and chance == pytest.approx(0.2)


def test_chances_add_up_and_see_no_side(classifier: ActionClassifier) -> None:
    """Probabilities sum to one and are the same for the mirror image."""
    motion = perform("waves with the left hand", 9).motion
    found, other = classifier.actions(motion), classifier.actions(mirrored(motion))
    assert sum(found.values()) == pytest.approx(1)
    assert max(found, key=lambda action: found[action]) == "wave"
    assert all(found[action] == pytest.approx(other[action], abs=1e-6) for action in found)


def test_features_are_blind_to_place_and_heading() -> None:
    """Turning and shifting the whole motion changes nothing."""
    motion = perform("bows", 0).motion
    np.testing.assert_allclose(motion_features(moved(motion, 2.0, 3.0, -1.0)), motion_features(motion), atol=1e-4)
    assert np.isfinite(motion_features(MotionChunk(motion.rotations[:1].copy(), motion.translation[:1].copy()))).all()
