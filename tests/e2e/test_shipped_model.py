"""The shipped model on fixed typed prompts: its words can be heard, its body moves, and replies depend on the input."""

from functools import cache

import numpy as np
import pytest

from solami.build import build_backend
from solami.config import load_serve_config
from solami.evaluation.recognition import Recogniser, pool_errors, word_errors
from solami.evaluation.replies import PERSONAS, PROMPTS, Reply, collect_replies, lowest_point_m

COUNT = 10
RATE = 16_000


@cache
def replies() -> list[Reply]:
    return list(collect_replies(build_backend(load_serve_config("default", ())), PROMPTS[:COUNT], PERSONAS, seed=0))


def test_a_recogniser_understands_the_words_it_says() -> None:
    """Word error against `said` is at most 60 % and at least 30 points below that against other replies' `said`."""
    pytest.importorskip("pocketsphinx", reason="needs solami[eval]")
    recogniser = Recogniser()
    heard = [recogniser.words(reply.audio.samples) for reply in replies()]
    said = [reply.said for reply in replies()]
    own = pool_errors([word_errors(s, h) for s, h in zip(said, heard, strict=True)]).rate
    shuffled = zip(said, said[1:] + said[:1], heard[1:] + heard[:1], strict=True)
    other = pool_errors([word_errors(mine, h) for mine, theirs, h in shuffled if mine != theirs]).rate
    assert own <= 0.6
    assert own <= other - 0.3


def test_speech_has_a_speaking_level() -> None:
    """Every reply is between -35 and -10 dBFS and does not clip."""
    for reply in replies():
        level_db = 20 * np.log10(np.sqrt(np.mean(reply.audio.samples**2)))
        assert -35 < level_db < -10
        assert np.abs(reply.audio.samples).max() < 1.0


def test_motion_lasts_as_long_as_the_sound_and_stands_on_the_floor() -> None:
    """There are 30 finite poses for every second of sound; the lowest joint, a ball of the foot, is near the floor."""
    for reply in replies():
        assert reply.motion is not None
        assert len(reply.motion.rotations) == round(30 * len(reply.audio.samples) / RATE)
        assert np.isfinite(reply.motion.rotations).all()
        assert abs(lowest_point_m(reply.motion)) < 0.08


def test_replies_depend_on_the_input() -> None:
    """With one seed, ten prompts give at least five different things said."""
    assert len({reply.said for reply in replies()}) >= COUNT // 2


def test_the_same_input_gives_the_same_ids() -> None:
    """A second conversation with the same prompt and seed draws identical ids."""
    backend = build_backend(load_serve_config("default", ()))
    again = next(iter(collect_replies(backend, PROMPTS[:1], PERSONAS, seed=0)))
    assert again.token_ids == replies()[0].token_ids
