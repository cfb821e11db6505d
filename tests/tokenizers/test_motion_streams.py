"""Running motion encodes and decodes: chunks equal whole, the body goes on, and bad input is refused."""

import copy
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.body.procedural import wave
from solami.body.timing import cut, join, resample
from solami.errors import TokenizerError
from solami.frames import Codes
from solami.tokenizers.base import MotionCodes
from solami.tokenizers.modules.motion_vq import MotionNetConfig
from solami.tokenizers.motion import MotionTokenizerConfig, VQMotionTokenizer
from solami.tokenizers.motion_features import FeatureExtractor

NET = MotionNetConfig(codebook_size=16, num_codebooks=1, latent_dim=8, width=12, refine_width=6, dilations=(1, 2))
torch.manual_seed(0)
TOKENIZER = VQMotionTokenizer.fresh(MotionTokenizerConfig(body=NET, hands=NET))


@given(st.lists(st.integers(0, 47), max_size=5))
@settings(max_examples=6, deadline=None)
def test_streaming_equals_whole(cuts: list[int]) -> None:
    """However poses and codes are cut, codes are identical and decoded poses are the same to 1e-5."""
    motion, edges = wave(47 / 30), [0, *sorted(cuts), 47]
    whole = TOKENIZER.encode(motion)
    assert whole.body.values.shape == whole.hands.values.shape == (1, 12)
    encoder, decoder = TOKENIZER.encoder(), TOKENIZER.decoder()
    parts = [encoder.push(cut(motion, a, b)) for a, b in pairwise(edges)] + [encoder.flush()]
    for name in ("body", "hands"):
        got = np.concatenate([getattr(p, name).values for p in parts], axis=1)
        np.testing.assert_array_equal(got, getattr(whole, name).values)
    poses, decoded = join([decoder.push(p) for p in parts]), TOKENIZER.decode(whole)
    np.testing.assert_allclose(poses.rotations, decoded.rotations, atol=1e-5)
    np.testing.assert_allclose(poses.translation, decoded.translation, atol=1e-5)


def test_a_copy_goes_on_from_where_it_is_and_shares_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copied encoder and decoder do what the originals do from there on, and no network is copied with them."""
    motion = wave(2.0)
    encoder, decoder = TOKENIZER.encoder(), TOKENIZER.decoder()
    decoder.push(encoder.push(cut(motion, 0, 30)))
    monkeypatch.setattr(torch.nn.Module, "__deepcopy__", lambda *_: pytest.fail("a network was copied"), raising=False)
    copied_encoder, copied_decoder = copy.deepcopy((encoder, decoder), {id(part): part for part in TOKENIZER.shared})
    codes, again = encoder.push(cut(motion, 30, 60)), copied_encoder.push(cut(motion, 30, 60))
    np.testing.assert_array_equal(codes.body.values, again.body.values)
    np.testing.assert_array_equal(decoder.push(codes).rotations, copied_decoder.push(again).rotations)


def test_the_stream_is_what_the_network_computes() -> None:
    """Code by code from a running state equals one pass of the network over the whole clip."""
    motion = wave(2.0)
    _, hands = FeatureExtractor().push(motion)
    net = TOKENIZER.nets["hands"]
    with torch.inference_mode():
        frames, codes, _ = net(torch.from_numpy(hands).T[None])
    np.testing.assert_array_equal(TOKENIZER.encode(motion).hands.values, codes[0].numpy())
    decoder = TOKENIZER.decoder()
    stepped = decoder._run("hands", TOKENIZER.encode(motion).hands)  # type: ignore[attr-defined]
    np.testing.assert_allclose(stepped, frames[0].T.numpy(), atol=1e-5)


def test_the_body_goes_on_from_where_it_stands() -> None:
    """A decoder that goes on does not return to the origin between turns."""
    codes = TOKENIZER.encode(wave(2.0))
    decoder = TOKENIZER.decoder()
    first, second = decoder.push(codes), decoder.push(codes)
    step = np.linalg.norm(np.diff(first.translation, axis=0), axis=1).max()
    assert np.linalg.norm(second.translation[0] - first.translation[-1]) < 3 * step


def test_what_does_not_fit_is_refused() -> None:
    """Poses at another rate, codes outside the book, of other books or of unequal length are TokenizerErrors."""
    with pytest.raises(TokenizerError, match="resample"):
        TOKENIZER.encode(resample(wave(1.0), 20.0))
    good = Codes("body", np.zeros((1, 2), np.int32), 7.5)
    hands = Codes("hands", np.zeros((1, 2), np.int32), 7.5)
    for body in (
        Codes("body", np.full((1, 2), 16, np.int32), 7.5),
        Codes("body", np.full((1, 2), -1, np.int32), 7.5),
        Codes("body", np.zeros((2, 2), np.int32), 7.5),
        Codes("body", np.zeros((1, 3), np.int32), 7.5),
        Codes("hands", good.values, 7.5),
    ):
        with pytest.raises(TokenizerError):
            TOKENIZER.decode(MotionCodes(body, hands))
