from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from solami.errors import ConfigError, InputError
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.lm_codes import CodeStore
from solami.training.lm_data import RowsConfig, build_rows, read_rows

Loader = Callable[[], Vocabulary]
PLACE = PlacementTokenizer().encode
EVERY = {"t2s": 2.0, "speak": 2.0, "s2t": 1.0, "s2s": 1.0, "m2t": 1.0, "t2m": 1.0, "lines": 1.0, "script": 3.0}


def config(codes: Path, out: Path, **changes: object) -> RowsConfig:
    values = {"codes": codes, "out": out, "row_tokens": 256, "tokens": 6000, "workers": 1}
    mix = {"t2s": 0.5, "s2t": 0.2, "script": 0.3}
    return RowsConfig.model_validate({**values, "mix": mix, "personas": codes / "none", **changes})


def test_rows_are_full_and_learn_most_of_the_agent(codes_folder: Path, tmp_path: Path, load_vocabulary: Loader) -> None:
    """Rows are full, start with <bos>, never learn <user> or <bos>, and the counts are those of the rows."""
    vocabulary = load_vocabulary()
    totals = build_rows(config(codes_folder, tmp_path), load_vocabulary, PLACE)
    ids, mask = read_rows(tmp_path)
    assert ids.shape == mask.shape == (23, 256) and (ids[:, 0] == vocabulary.special("<bos>")).all()
    assert totals["tokens"] == ids.size and totals["learned"] == mask.sum() and 0.2 < mask.mean() < 0.95
    assert not mask[ids == vocabulary.special("<user>")].any() and mask[ids == vocabulary.special("<say>")].all()
    assert not mask[ids == vocabulary.special("<bos>")].any()


def test_a_mixture_keeps_to_its_shares(acted_folder: Path, tmp_path: Path, load_vocabulary: Loader) -> None:
    """Tokens of every task come within three hundredths of the configured share, whatever a sample's length."""
    wanted = config(acted_folder, tmp_path, mix=EVERY, takes=2, tokens=60_000)
    totals = build_rows(wanted, load_vocabulary, PLACE)
    for task, share in EVERY.items():
        assert totals[task] / totals["tokens"] == pytest.approx(share / sum(EVERY.values()), abs=0.03)


def test_the_same_config_makes_the_same_rows(acted_folder: Path, tmp_path: Path, load_vocabulary: Loader) -> None:
    """Two builds agree to the bit, another seed does not, and a finished folder is left alone."""
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        build_rows(config(acted_folder, tmp_path / name, seed=seed, mix=EVERY, takes=2), load_vocabulary, PLACE)
    a, b, c = (read_rows(tmp_path / name)[0] for name in "abc")
    assert (a == b).all() and (a != c).any()
    assert build_rows(config(acted_folder, tmp_path / "a", takes=2), load_vocabulary, PLACE)["tokens"] == 0


def test_rows_in_the_papers_order_hold_no_words(acted_folder: Path, tmp_path: Path, load_vocabulary: Loader) -> None:
    """In the paper's order nothing that is learned is text, and every speech code of a turn follows all its motion."""
    vocabulary = load_vocabulary()
    wanted = config(acted_folder, tmp_path, mix={"script": 1.0, "speak": 1.0}, takes=2, order="paper")
    build_rows(wanted, load_vocabulary, PLACE)
    ids, mask = read_rows(tmp_path)
    assert not (mask & np.isin(ids, vocabulary.text_span)).any()
    speech, body = (np.isin(ids, vocabulary.span(name)) for name in ("speech", "body"))
    assert speech.any() and not (speech[:, :-1] & body[:, 1:]).any()


def test_a_task_without_data_is_named(codes_folder: Path, tmp_path: Path, load_vocabulary: Loader) -> None:
    """A mix that asks for what the codes do not hold is a ConfigError naming the task."""
    with pytest.raises(ConfigError, match="m2t"):
        build_rows(config(codes_folder, tmp_path, mix={"m2t": 1.0}), load_vocabulary, PLACE)
    with pytest.raises(ConfigError, match="not all 0"):
        build_rows(config(codes_folder, tmp_path, mix={"m2t": 0.0}), load_vocabulary, PLACE)
    with pytest.raises(InputError, match="stage codes"):
        CodeStore(tmp_path / "nothing")
