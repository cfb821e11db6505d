"""Mouth shapes from speech codes, on a small random network."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.datasets.phones import PHONES
from solami.errors import InputError
from solami.frames import VISEMES, Codes, FloatArray
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.modules.speech_net import SpeechNet, SpeechNetConfig
from solami.tokenizers.speech import NeuralSpeechTokenizer
from solami.tokenizers.visemes import (
    PHONE_SHAPES,
    VRM_MOUTH,
    VisemeDecoder,
    co_articulate,
    mouth_of,
    phone_matrix,
    to_vrm,
)

torch.manual_seed(0)
NET = SpeechNet(SpeechNetConfig(width=32, front_width=16, encoder_blocks=1, trunk_blocks=2, decoder_blocks=1))
VALUES = np.random.default_rng(0).integers(0, 1000, (1, 40)).astype(np.int32)


def codes(first: int, last: int) -> Codes:
    """A run of the codes above."""
    return Codes("speech", VALUES[:, first:last].copy(), 25.0)


def one_hot(name: str) -> FloatArray:
    """One row of one viseme."""
    return np.eye(len(VISEMES), dtype=np.float32)[VISEMES.index(name)][None]


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 40), max_size=6), length=st.integers(0, 40))
def test_streaming_equals_whole(cuts: list[int], length: int) -> None:
    """However the codes were cut, one shape a code comes out, the same to 1e-5, stamped without a gap."""
    whole = VisemeDecoder(NET)
    expected = np.concatenate([whole.push(codes(0, length)).weights, whole.flush().weights])
    decoder, edges = VisemeDecoder(NET), [0, *sorted(min(cut, length) for cut in cuts), length]
    chunks = [decoder.push(codes(a, b)) for a, b in itertools.pairwise(edges)]
    chunks.append(decoder.flush())
    at = 0
    for chunk in chunks:
        assert chunk.start_sample == 640 * at
        at += len(chunk.weights)
    assert at == length
    np.testing.assert_allclose(np.concatenate([chunk.weights for chunk in chunks]), expected, atol=1e-5)
    np.testing.assert_allclose(expected.sum(axis=1), 1.0, atol=1e-5)


def test_phones_are_the_networks() -> None:
    """The table lists the phones of the trained head in its order, and every row is a share of shapes."""
    assert tuple(PHONE_SHAPES) == PHONES
    np.testing.assert_allclose(phone_matrix().sum(axis=1), 1.0, atol=1e-6)


def test_the_strongest_phone_shapes_the_mouth() -> None:
    """A head that hears nothing but /b/ closes the lips."""
    with torch.no_grad():
        NET.decoder.phone_frames.bias[PHONES.index("b")] += 50.0
    decoder = VisemeDecoder(NET)
    shapes = np.concatenate([decoder.push(codes(0, 5)).weights, decoder.flush().weights])
    with torch.no_grad():
        NET.decoder.phone_frames.bias[PHONES.index("b")] -= 50.0
    assert set(shapes.argmax(axis=1)) == {VISEMES.index("PP")}
    assert shapes.min(axis=0)[VISEMES.index("PP")] > 0.99


def test_neighbours_leak_into_each_other() -> None:
    """A shape shows in the row before and after it, and stays the strongest in its own."""
    rows = np.concatenate([one_hot("sil"), one_hot("sil"), one_hot("PP"), one_hot("aa"), one_hot("aa")])
    mixed = co_articulate(rows)
    assert mixed[0, VISEMES.index("PP")] > 0 and mixed[2, VISEMES.index("PP")] > 0
    assert mixed.argmax(axis=1).tolist() == [VISEMES.index(name) for name in ("sil", "PP", "aa")]


def test_vowels_become_vrm_shapes_and_closed_lips_none() -> None:
    """Each of the five opens its own shape fully; lips pressed together and silence open nothing."""
    for viseme, shape in (("aa", "aa"), ("ih", "ih"), ("ou", "ou"), ("E", "ee"), ("oh", "oh")):
        assert to_vrm(one_hot(viseme))[0].tolist() == [float(name == shape) for name in VRM_MOUTH]
    assert to_vrm(np.concatenate([one_hot("sil"), one_hot("PP")])).max() == 0.0


def test_other_codes_are_refused() -> None:
    """Body codes have no mouth, and a network with other phones cannot be read."""
    with pytest.raises(InputError, match="speech"):
        VisemeDecoder(NET).push(Codes("body", VALUES[:, :2].copy(), 7.5))
    with pytest.raises(InputError, match="phone classes"):
        VisemeDecoder(SpeechNet(SpeechNetConfig(width=32, front_width=16, phones=10)))


def test_only_codes_that_tell_phones_move_a_mouth() -> None:
    """The neural tokenizer's codes have a fresh mouth for every reply, the dummy's have none."""
    mouth = mouth_of(NeuralSpeechTokenizer(NET))
    assert mouth is not None and mouth() is not mouth()
    assert mouth_of(DummySpeechTokenizer()) is None
