"""The exported motion decoder beside the one it was made from."""

import numpy as np
import pytest
import torch

from solami.frames import IntArray
from solami.tokenizers.modules.motion_vq import MotionNetConfig
from solami.tokenizers.motion import MotionTokenizerConfig, VQMotionTokenizer
from solami.tokenizers.motion_onnx import export_decoder
from solami.tokenizers.motion_streams import motion_codes

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the export extra: pip install 'solami[export]'")
pytest.importorskip("onnx", reason="needs the export extra: pip install 'solami[export]'")

SMALL = MotionTokenizerConfig(
    body=MotionNetConfig(codebook_size=16, num_codebooks=2, latent_dim=8, width=16, refine_width=8),
    hands=MotionNetConfig(codebook_size=12, latent_dim=8, width=16, refine_width=8, dilations=(1, 2)),
)


def _poses(model: bytes, codes: IntArray) -> np.ndarray:
    """Codes [K, T] -> poses [4 T, 223], one code frame after another."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    state = np.zeros(session.get_inputs()[1].shape, np.float32)
    poses = []
    for row in codes.T:
        decoded, state = session.run(None, {"codes": row.astype(np.int64), "state": state})
        poses.append(decoded)
    return np.concatenate(poses)


def _check(tokenizer: VQMotionTokenizer, frames: int) -> None:
    rng = np.random.default_rng(0)
    body, hands = (
        rng.integers(0, spec.codebook_size, (spec.num_codebooks, frames)).astype(np.int32)
        for spec in (tokenizer.body_spec, tokenizer.hands_spec)
    )
    expected = tokenizer.decode(motion_codes(body, hands))
    poses = _poses(export_decoder(tokenizer), np.concatenate([body, hands]))
    np.testing.assert_allclose(poses[:, :3], expected.translation, atol=1e-4)
    rotations = poses[:, 3:].reshape(-1, 55, 4)
    signs = np.sign(np.sum(rotations * expected.rotations, axis=-1, keepdims=True))
    np.testing.assert_allclose(rotations * signs, expected.rotations, atol=1e-4)


def test_it_decodes_as_the_tokenizer_does() -> None:
    """Code frame by code frame the file gives the poses of the streaming decoder to 1e-4."""
    torch.manual_seed(0)
    tokenizer = VQMotionTokenizer.fresh(SMALL).eval()
    for net in tokenizer.nets.values():  # codebooks start at zero: give them something to say
        for layer in net.quantizer.layers:
            layer._codebook.embed.normal_()
    _check(tokenizer, 24)


@pytest.mark.weights
def test_the_shipped_decoder_can_be_exported() -> None:
    """So does the file of the shipped model, over ten seconds."""
    from solami.config import checkpoint_folder

    _check(VQMotionTokenizer.load(checkpoint_folder("default")), 75)
