from itertools import cycle

import numpy as np
import pytest

from solami.errors import ConfigError
from solami.llm.turns import AgentTurn, Clause, Heard, SystemTurn, UserTurn
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_packing import Packer, render_sample, to_arrays

SHORT = [AgentTurn(False, False, (Clause("Hello."),))]
LONG = [SystemTurn("You are a friendly character " * 4), *SHORT]


def test_samples_begin_with_bos_and_whole_ones_wait(words: Vocabulary) -> None:
    """Every row is full; a sample that does not fit starts the next row, and only a row's last one is cut."""
    packer = Packer(words, {"short": cycle([SHORT]), "long": cycle([LONG])}, {"short": 1, "long": 1}, 96)
    ids, mask = to_arrays(packer.rows(20))
    bos, end = words.special("<bos>"), words.special("<end>")
    assert ids.shape == mask.shape == (20, 96) and (ids[:, 0] == bos).all()
    starts = np.argwhere(ids == bos)
    inner = [(row, column) for row, column in starts if column > 0]
    assert inner and all(ids[row, column - 1] == end for row, column in inner)
    assert packer.spent["short"] == pytest.approx(packer.spent["long"], rel=0.2)


def test_a_sample_loses_last_turns_not_its_head(words: Vocabulary) -> None:
    """A talk too long for a row keeps its system turn and as many whole turns as fit."""
    exchange = [UserTurn(parts=(Heard("How are you?"),)), AgentTurn(False, False, (Clause("Fine, thanks."),))]
    turns = [SystemTurn("You are Ada."), *exchange * 20]
    sample = render_sample(words, turns, 100)
    assert len(sample.ids) <= 100 and sample.ids[-1] == words.special("<end>")
    assert sample.ids[:2] == [words.special("<bos>"), words.special("<system>")]
    assert len(render_sample(words, turns, 10).ids) > 2


def test_tasks_without_a_learned_token_are_refused(words: Vocabulary) -> None:
    """A stream that ends without a usable sample is a ConfigError naming its task."""
    quiet = [None, [SystemTurn("You are Ada.")]]
    for stream in (iter(quiet), cycle(quiet)):
        with pytest.raises(ConfigError, match="quiet"):
            Packer(words, {"quiet": stream}, {"quiet": 1}, 32).rows(1)
