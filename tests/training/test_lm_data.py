import json
import random
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from solami.datasets.clauses import split_line
from solami.datasets.scripts import load_scripts
from solami.errors import ConfigError, InputError
from solami.frames import CodeSpec
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, UserTurn
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.lm_codes import CodeStore
from solami.training.lm_data import RowsConfig, build_rows, read_rows
from solami.training.lm_tasks import TaskMaker
from solami.training.text_tokenizer import train_text_tokenizer

SPECS = [
    CodeSpec("speech", 16, 1, 25.0),
    CodeSpec("body", 8, 2, 7.5),
    CodeSpec("hands", 8, 1, 7.5),
    PlacementTokenizer.spec,
]
LINES = [turn.speech for script in load_scripts()[:30] for turn in script.turns if turn.speech.strip()]
TOKENIZER = train_text_tokenizer(LINES * 2, size=1200).to_str()


def load_vocabulary() -> Vocabulary:
    return Vocabulary(Tokenizer.from_str(TOKENIZER), SPECS)


def count_tokens(text: str) -> int:
    return len(load_vocabulary_once().encode_text(text))


_LOADED: list[Vocabulary] = []


def load_vocabulary_once() -> Vocabulary:
    if not _LOADED:
        _LOADED.append(load_vocabulary())
    return _LOADED[0]


@pytest.fixture(scope="module")
def codes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of codes: one beat a word for every clause and user line, and a silence."""
    folder = tmp_path_factory.mktemp("codes")
    keys = [["silence", ""]] + [["user", line] for line in dict.fromkeys(LINES)]
    keys += [["agent", c] for c in dict.fromkeys(c for line in LINES for c in split_line(line, count_tokens))]
    counts = [200 if key[0] == "silence" else 10 * max(1, len(key[1].split()) // 3) for key in keys]
    values = np.random.default_rng(0).integers(0, 16, (1, sum(counts))).astype(np.uint16)
    np.savez(folder / "speech_00000.npz", keys=np.array(json.dumps(keys)), counts=np.array(counts), values=values)
    return folder


def config(codes: Path, out: Path, **changes: object) -> RowsConfig:
    values = {"codes": codes, "out": out, "row_tokens": 256, "tokens": 6000, "script_share": 1.0, "workers": 1}
    mix = {"t2s": 0.5, "s2t": 0.2, "script": 0.3}
    return RowsConfig.model_validate({**values, "mix": mix, "personas": codes / "none", **changes})


def test_rows_are_full_and_learn_most_of_the_agent(codes: Path, tmp_path: Path) -> None:
    """Rows are full, start with <bos>, never learn <user>, and keep to the mix."""
    vocabulary = load_vocabulary_once()
    totals = build_rows(config(codes, tmp_path), load_vocabulary, PlacementTokenizer().encode)
    ids, mask = read_rows(tmp_path)
    assert ids.shape == mask.shape == (23, 256) and (ids[:, 0] == vocabulary.special("<bos>")).all()
    assert totals["tokens"] == ids.size and totals["learned"] == mask.sum() and 0.3 < mask.mean() < 0.95
    assert not mask[ids == vocabulary.special("<user>")].any() and mask[ids == vocabulary.special("<say>")].all()
    assert 0.35 < totals["t2s"] / totals["tokens"] < 0.65 and 0.1 < totals["script"] / totals["tokens"] < 0.5


def test_the_same_config_makes_the_same_rows(codes: Path, tmp_path: Path) -> None:
    """Two builds agree to the bit, another seed does not, and a finished folder is left alone."""
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        build_rows(config(codes, tmp_path / name, seed=seed), load_vocabulary, PlacementTokenizer().encode)
    a, b, c = (read_rows(tmp_path / name)[0] for name in "abc")
    assert (a == b).all() and (a != c).any()
    assert build_rows(config(codes, tmp_path / "a"), load_vocabulary, PlacementTokenizer().encode)["tokens"] == 0


def test_a_task_without_data_is_named(codes: Path, tmp_path: Path) -> None:
    """A mix that asks for what the codes do not hold is a ConfigError naming the task."""
    with pytest.raises(ConfigError, match="m2t"):
        build_rows(config(codes, tmp_path, mix={"m2t": 1.0}), load_vocabulary, PlacementTokenizer().encode)
    with pytest.raises(InputError, match="stage codes"):
        CodeStore(tmp_path / "nothing")


def test_turns_hold_whole_clauses_of_one_line(codes: Path) -> None:
    """A spoken line gives its clauses in order, each over all its beats; a user's speech is followed by its words."""
    vocabulary, store = load_vocabulary_once(), CodeStore(codes)
    split = lambda line: split_line(line, count_tokens)  # noqa: E731
    maker = TaskMaker(vocabulary, store, None, PlacementTokenizer().encode, split, random.Random(0))
    line = next(line for line in LINES if len(split(line)) > 1)
    turns = maker.t2s(line)
    assert turns is not None and isinstance(turns[0], AgentTurn) and not turns[0].body
    clauses = [part for part in turns[0].parts if isinstance(part, Clause)]
    assert " ".join(c.text for c in clauses) == " ".join(line.split())
    assert all(10 * len(c.beats) == store.speech["agent", c.text].shape[1] for c in clauses)
    heard = maker.s2t(("user", line), line)
    assert heard is not None and isinstance(heard[0], UserTurn)
    assert all(isinstance(part, Beat) for part in heard[0].parts[:-1]) and heard[0].parts[-1] == Heard(line)
    assert maker.t2s("A line that nobody ever spoke.") is None
