"""Idle and listening motion as codes."""

from pathlib import Path

import numpy as np
import pytest
import torch

from solami.errors import ConfigError
from solami.tokenizers.base import MotionCodes
from solami.tokenizers.idle import NOD_BEATS, IdleModel
from solami.tokenizers.modules.idle_net import CONDITIONS
from solami.tokenizers.modules.motion_vq import MotionNetConfig
from solami.tokenizers.motion import MotionTokenizerConfig, VQMotionTokenizer


@pytest.fixture(scope="module")
def tokenizer() -> VQMotionTokenizer:
    """A tiny tokenizer with two body codebooks."""
    torch.manual_seed(0)
    net = MotionNetConfig(codebook_size=16, num_codebooks=2, latent_dim=4, width=8, refine_width=4, dilations=(1,))
    hands = net.model_copy(update={"num_codebooks": 1, "codebook_size": 8})
    return VQMotionTokenizer.fresh(MotionTokenizerConfig(body=net, hands=hands))


@pytest.fixture(scope="module")
def model(tokenizer: VQMotionTokenizer) -> IdleModel:
    """Random weights."""
    torch.manual_seed(1)
    return IdleModel.fresh(tokenizer, table_width=4, state_width=8)


def values(codes: MotionCodes) -> np.ndarray:
    """All books [K, T]."""
    return np.concatenate([codes.body.values, codes.hands.values])


def run(model: IdleModel, seed: int, beats: int = 6) -> np.ndarray:
    """Some beats, half of them listening."""
    motion = model.motion(seed)
    return np.concatenate([values(motion.step(i % 2 == 1)) for i in range(beats)], axis=1)


def test_a_beat_fits_the_tokenizer(model: IdleModel, tokenizer: VQMotionTokenizer) -> None:
    """Every beat is three legal code frames, and the tokenizer's running decoder takes them."""
    motion, decoder = model.motion(), tokenizer.decoder()
    for _ in range(3):
        codes = motion.step(listening=False)
        assert codes.body.values.shape == (2, 3)
        assert codes.hands.values.shape == (1, 3)
        assert len(decoder.push(codes).rotations) == 12


def test_the_seed_decides(model: IdleModel) -> None:
    """The same seed gives the same codes, another one others."""
    np.testing.assert_array_equal(run(model, 3), run(model, 3))
    assert (run(model, 3) != run(model, 4)).any()


def test_a_pause_is_answered_while_listening_only(model: IdleModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's pause brings the nod's condition for four beats, unless nobody listens."""
    seen: list[str] = []
    frame = type(model.motion())._frame
    monkeypatch.setattr(
        "solami.tokenizers.idle.IdleMotion._frame",
        lambda self, condition: (seen.append(CONDITIONS[condition]), frame(self, condition))[1],
    )
    motion = model.motion()
    motion.step(listening=False, paused=True)
    motion.step(listening=True, paused=True)
    for _ in range(NOD_BEATS):
        motion.step(listening=True)
    assert seen[::3] == ["idle", *["nod"] * NOD_BEATS, "listening"]


def test_it_goes_on_from_a_reply(model: IdleModel) -> None:
    """What was shown before changes what comes next."""
    fresh, after = model.motion(0), model.motion(0)
    after.observe(fresh.step(listening=False))
    with torch.inference_mode():
        contexts = [m._advance(0)[0] for m in (model.motion(0), after)]
    assert not torch.allclose(*contexts)


def test_save_and_load(model: IdleModel, tokenizer: VQMotionTokenizer, tmp_path: Path) -> None:
    """A saved model loads for its own tokenizer, and says so when the tokenizer is another one."""
    model.save(tmp_path)
    assert IdleModel.load(tmp_path, tokenizer).config == model.config
    other = VQMotionTokenizer.fresh(tokenizer.config)
    other.nets["body"].quantizer.layers[0]._codebook.embed.add_(1.0)
    with pytest.raises(ConfigError, match="another motion tokenizer"):
        IdleModel.load(tmp_path, other)
    with pytest.raises(ConfigError, match="no idle model"):
        IdleModel.load(tmp_path / "absent", tokenizer)


def test_the_fingerprint_survives_saving(tokenizer: VQMotionTokenizer, model: IdleModel, tmp_path: Path) -> None:
    """Storing the tokenizer in float16 leaves the codes, and so the fingerprint, what they were."""
    tokenizer.save(tmp_path)
    model.save(tmp_path)
    IdleModel.load(tmp_path, VQMotionTokenizer.load(tmp_path))
