import json
from pathlib import Path

import numpy as np
import pytest
import torch

from solami.body.geometry import multiply, rotate
from solami.body.gestures.catalogue import perform
from solami.body.kinematics import sole_height
from solami.body.measures import body_positions, compare
from solami.body.pack import read_index
from solami.body.procedural import wave
from solami.body.standing import placed_like
from solami.body.timing import cut
from solami.errors import ConfigError
from solami.frames import Codes, MotionChunk
from solami.tokenizers.base import MotionCodes
from solami.tokenizers.modules.motion_vq import MotionNetConfig
from solami.tokenizers.motion import MotionTokenizerConfig, VQMotionTokenizer

SHIPPED = Path(__file__).parents[2] / "solami" / "checkpoints" / "default"


def _tiny(num_codebooks: int = 1) -> VQMotionTokenizer:
    torch.manual_seed(0)
    net = MotionNetConfig(
        codebook_size=16, num_codebooks=num_codebooks, latent_dim=8, width=12, refine_width=6, dilations=(1, 2)
    )
    return VQMotionTokenizer.fresh(MotionTokenizerConfig(body=net, hands=net))


TOKENIZER = _tiny()


def test_motions_side_by_side_are_encoded_as_alone() -> None:
    """Clips of several lengths in one batch give each the codes it gets alone, and no code more."""
    motions = [wave(1.0, seed=1), wave(2.03, seed=2), cut(wave(2.0, seed=3), 0, 5)]
    for motion, made in zip(motions, TOKENIZER.encode_many(motions), strict=True):
        alone = TOKENIZER.encode(motion)
        np.testing.assert_array_equal(made.body.values, alone.body.values)
        np.testing.assert_array_equal(made.hands.values, alone.hands.values)


def test_a_code_frame_is_four_poses() -> None:
    """T codes give exactly 4 T unit-length poses, also with several codebooks and none at all."""
    for books in (1, 2):
        tokenizer = _tiny(books)
        codes = np.random.default_rng(0).integers(0, 16, (books, 5)).astype(np.int32)
        poses = tokenizer.decode(MotionCodes(Codes("body", codes, 7.5), Codes("hands", codes, 7.5)))
        assert poses.rotations.shape == (20, 55, 4)
        np.testing.assert_allclose(np.linalg.norm(poses.rotations, axis=-1), 1, atol=1e-5)
        nothing = np.zeros((books, 0), np.int32)
        assert (
            len(tokenizer.decode(MotionCodes(Codes("body", nothing, 7.5), Codes("hands", nothing, 7.5))).rotations) == 0
        )


def test_a_saved_tokenizer_is_the_same(tmp_path: Path) -> None:
    """Loaded twice from float16 the codes and poses are identical, and training state is not stored."""
    TOKENIZER.save(tmp_path)
    one, two = VQMotionTokenizer.load(tmp_path), VQMotionTokenizer.load(tmp_path)
    codes = one.encode(wave(1.0))
    np.testing.assert_array_equal(codes.body.values, two.encode(wave(1.0)).body.values)
    np.testing.assert_array_equal(one.decode(codes).rotations, two.decode(codes).rotations)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["motion.json", "motion.safetensors"]


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    """Absent files, unknown keys and weights of another network are ConfigErrors."""
    with pytest.raises(ConfigError):
        VQMotionTokenizer.load(tmp_path)
    TOKENIZER.save(tmp_path)
    config = json.loads((tmp_path / "motion.json").read_text())
    for changed in (
        {"colour": 1},
        {"body": config["body"] | {"width": 20}},
        {"body": config["body"] | {"num_codebooks": 2}},
    ):
        (tmp_path / "motion.json").write_text(json.dumps(config | changed))
        with pytest.raises(ConfigError):
            VQMotionTokenizer.load(tmp_path)


@pytest.mark.weights
def test_the_shipped_tokenizer_keeps_the_wave() -> None:
    """Through the shipped codes a waving hand is still raised and the feet stay near the floor."""
    tokenizer = VQMotionTokenizer.load(SHIPPED)
    motion = wave(4.0, seed=99)
    decoded: MotionChunk = placed_like(tokenizer.decode(tokenizer.encode(motion)), motion)
    errors = compare(motion, decoded)
    assert errors["mpjpe_mm"] < 60
    assert abs(np.median(sole_height(body_positions(decoded)))) < 0.03
    wrist = body_positions(decoded)[:, 21, 1]
    assert wrist[40:80].mean() > 1.3 > wrist[:5].mean()
    assert (SHIPPED / "motion.safetensors").stat().st_size <= 3_500_000


@pytest.mark.weights
@pytest.mark.parametrize(("caption", "axis", "least"), [("nods", 0, 12.0), ("shakes the head", 1, 15.0)])
def test_the_shipped_tokenizer_keeps_nods(caption: str, axis: int, least: float) -> None:
    """A head that nods or is shaken comes back moving in time, at no less than half the angle."""
    tokenizer = VQMotionTokenizer.load(SHIPPED)
    motion = perform(caption, 12).motion  # a seed that no training takes
    decoded = tokenizer.decode(tokenizer.encode(motion))
    true, made = (_head_deg(m)[: len(motion.rotations), axis] for m in (motion, decoded))
    assert np.ptp(made) > max(least, 0.5 * np.ptp(true))
    assert np.corrcoef(true, made)[0, 1] > 0.7


def _head_deg(motion: MotionChunk) -> np.ndarray:
    """Where the face points in the pelvis' frame, [T, 2]: down and to the left, degrees."""
    turn = motion.rotations[:, 3].astype(np.float64)
    for joint in (6, 9, 12, 15):
        turn = multiply(turn, motion.rotations[:, joint].astype(np.float64))
    face = rotate(turn, np.tile([0.0, 0.0, 1.0], (len(turn), 1)))
    return np.degrees(np.stack([-np.arcsin(face[:, 1]), np.arctan2(face[:, 0], face[:, 2])], axis=1))


@pytest.mark.weights
def test_the_shipped_tokenizer_keeps_real_motion(data_pack: Path) -> None:
    """Held-out gestures come back far closer than a body that keeps its first pose."""
    tokenizer = VQMotionTokenizer.load(SHIPPED)
    for clip in [c for c in read_index(data_pack / "motion") if c.split == "test" and c.has_hands][:3]:
        motion = cut(clip.read(), 0, 120)
        decoded = cut(tokenizer.decode(tokenizer.encode(motion)), 0, len(motion.rotations))
        assert compare(motion, decoded)["mpjpe_mm"] < 90
