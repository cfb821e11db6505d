from pathlib import Path

import numpy as np
import pytest
import torch

from solami.body.measures import standing_speeds_m_s
from solami.body.pack import read_index
from solami.body.timing import cut
from solami.frames import FloatArray
from solami.tokenizers.modules import closed_loop
from solami.tokenizers.modules.body_positions import body_truth
from solami.tokenizers.modules.closed_loop import ClosedLoop, OpenLoop, candidates
from solami.tokenizers.modules.motion_vq import STRIDE, MotionNet, MotionNetConfig
from solami.tokenizers.motion import VQMotionTokenizer
from solami.tokenizers.motion_features import BODY_DIM, FeatureExtractor

SHIPPED = Path(__file__).parents[3] / "solami" / "checkpoints" / "default"


def _error_mm(loop: ClosedLoop | OpenLoop, net: MotionNet, body: FloatArray) -> float:
    """Mean joint error of what the decoder makes of the loop's codes, heading drift included."""
    frames = torch.from_numpy(body[: len(body) // STRIDE * STRIDE])
    with torch.inference_mode():
        codes = [loop.step(block.T[None])[0] for block in frames.split(STRIDE)]
        decoded = net.frames(net.vectors(torch.cat(codes, dim=1)[None]))
        off = body_truth(decoded).turned - body_truth(frames.T[None]).turned
    return float(off.norm(dim=-1).mean()) * 1000


def test_the_first_candidate_is_the_nearest_code_of_every_book() -> None:
    """What the quantizer itself would take comes first, and no two candidates are alike."""
    torch.manual_seed(0)
    net = MotionNet(BODY_DIM, MotionNetConfig(codebook_size=16, num_codebooks=2, latent_dim=8, width=12)).eval()
    for layer in net.quantizer.layers:
        layer._codebook.initted.fill_(True)
        layer._codebook.embed.normal_()
    latent = torch.randn(1, 8)
    with torch.inference_mode():
        codes, distances = candidates(net, latent)
        nearest = net.quantize(latent[:, :, None])[1][0, :, 0]
    assert torch.equal(codes[0, 0], nearest)
    assert len(torch.unique(codes[0], dim=0)) == codes.shape[1] == 32
    assert torch.allclose(distances[0], (net.vectors(codes[0, :, :, None])[:, :, 0] - latent).norm(dim=1), atol=1e-5)


@pytest.mark.weights
def test_trying_codes_comes_nearer_than_the_nearest_code(data_pack: Path) -> None:
    """On a held-out dance, which turns a lot, the closed loop's error is under nine tenths of the open loop's."""
    net = VQMotionTokenizer.load(SHIPPED).nets["body"]
    clip = next(c for c in read_index(data_pack / "motion") if c.split == "val" and "salsa" in str(c.path))
    body, _ = FeatureExtractor().push(cut(clip.read(), 0, 240))
    closed, opened = _error_mm(ClosedLoop(net), net, body), _error_mm(OpenLoop(net), net, body)
    assert np.isfinite(closed)
    assert closed < 0.9 * opened


@pytest.mark.weights
def test_codes_are_chosen_so_that_standing_feet_stay(data_pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four held-out clips, standing feet of the decoded body slide less than without a price on sliding."""
    tokenizer = VQMotionTokenizer.load(SHIPPED)
    motions = [cut(clip.read(), 0, 150) for clip in read_index(data_pack / "motion") if clip.split == "test"][:4]

    def sliding_m_s() -> float:
        decoded = [tokenizer.decode(codes) for codes in tokenizer.encode_many(motions)]
        pairs = ((motion, cut(made, 0, len(motion.rotations))) for motion, made in zip(motions, decoded, strict=True))
        return float(np.concatenate([standing_speeds_m_s(motion, made)[1] for motion, made in pairs]).mean())

    priced = sliding_m_s()
    monkeypatch.setattr(closed_loop, "SLIDE_WEIGHT", 0.0)
    assert priced < 0.95 * sliding_m_s()
