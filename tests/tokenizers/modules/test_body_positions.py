import numpy as np
import torch

from solami import skeleton
from solami.body.measures import body_positions
from solami.body.procedural import wave
from solami.body.standing import moved
from solami.body.timing import cut, join
from solami.tokenizers.modules.body_positions import body_truth, turn_about_y
from solami.tokenizers.motion_features import FeatureExtractor


def test_positions_are_those_of_forward_kinematics() -> None:
    """From features alone, joints come out where numpy's kinematics puts them, heading and path included."""
    motion = join([moved(cut(wave(2.0), i, i + 1), 0.05 * i, 0.01 * i, 0.02 * i) for i in range(60)])
    truth = body_truth(torch.from_numpy(FeatureExtractor().push(motion)[0]).T[None])
    got = truth.turned[0].numpy() + truth.floor[0].numpy()[:, None, [0, 0, 1]] * np.float32([1, 0, 1])
    start, expected = body_positions(motion)[0, 0], body_positions(motion)
    np.testing.assert_allclose(got[:, :22], expected - start * np.array([1, 0, 1]), atol=1e-4)


def test_what_turns_in_place_moves_a_tip() -> None:
    """A turn of head, wrist or foot moves no joint of the body, but a point beyond it."""
    frames = torch.from_numpy(FeatureExtractor().push(wave(1.0))[0]).T[None]
    for joint in ("head", "left_wrist", "right_wrist", "left_foot", "right_foot"):
        turned, first = frames.clone(), 10 + 6 * (skeleton.INDEX[joint] - 1)
        turned[:, first : first + 6] = torch.tensor([1.0, 0.0, 0.0, 0.0, 0.8, 0.6])[:, None]
        moved_by = (body_truth(turned).local - body_truth(frames).local).norm(dim=-1).amax(dim=(0, 1))
        assert float(moved_by[:22].max()) < 1e-4 < 0.01 < float(moved_by[22:].max())


def test_a_quarter_turn_brings_front_to_left() -> None:
    """A positive turn about +Y takes +Z to +X, the body's left."""
    turned = turn_about_y(torch.tensor([0.0, 1.0, 1.0]), torch.tensor(np.pi / 2))
    torch.testing.assert_close(turned, torch.tensor([1.0, 1.0, 0.0]), atol=1e-6, rtol=0)
