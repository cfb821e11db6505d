import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from solami.datasets import spoken_build
from solami.datasets.sources import split_of
from solami.datasets.spoken_build import SpokenConfig, build_spoken, dialogue_turns, wanted_lines
from solami.errors import InputError
from solami.frames import FloatArray

TRAIN_ID = next(f"d-{n}" for n in range(99) if split_of(f"d-{n}") == "train")
TEST_ID = next(f"d-{n}" for n in range(999) if split_of(f"d-{n}") == "test")


def count_words(text: str) -> int:
    return len(text.split())


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """One train and one test dialogue."""
    (tmp_path / "pack" / "text").mkdir(parents=True)
    with lzma.open(tmp_path / "pack" / "text" / "dialogues.jsonl.xz", "wt", encoding="utf-8") as file:
        for name, words in ((TRAIN_ID, "train"), (TEST_ID, "test")):
            turns = [f"this is a {words} turn", "short", "it costs 5 dollars", f"and one more of {words}"]
            file.write(json.dumps({"id": name, "source": "self-dialogue", "turns": turns}) + "\n")
    return tmp_path / "pack"


def test_only_plain_train_turns_are_spoken(pack: Path) -> None:
    """Turns of other splits, of too few words or with digits are left out; the order follows the seed."""
    turns = dialogue_turns(pack, seed=0)
    assert set(turns) == {"this is a train turn", "and one more of train"}
    assert turns == dialogue_turns(pack, seed=0)


def test_lines_of_scripts_come_for_both_sides() -> None:
    """A toy run wants agent clauses of at most twelve tokens and whole user lines."""
    lines = list(wanted_lines(SpokenConfig(max_scripts=2), count_words))
    assert {role for role, _ in lines} == {"agent", "user"}
    assert all(count_words(text) <= 12 for role, text in lines if role == "agent")


def test_a_build_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that are stored are not spoken again, and one that cannot be spoken stops nothing."""
    asked: list[str] = []

    def speak(role: str, text: str, seed: int) -> tuple[str, str, str, FloatArray]:
        asked.append(text)
        if len(asked) == 1:
            raise InputError("no voice speaks this")
        return role, text, "fake", np.full(1600, 0.1, np.float32)

    monkeypatch.setattr(spoken_build, "_speak", speak)
    config = SpokenConfig(out=tmp_path / "lines", max_scripts=1)
    first = build_spoken(config, count_words)
    assert len(first) == len(asked) - 1
    unspoken, spoken_once = asked[0], len(asked)
    assert len(build_spoken(config, count_words)) == len(first) + 1
    assert asked[spoken_once:] == [unspoken]


def test_any_number_of_workers_fills_the_same_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes store the same lines in the same voices as one, the agent's equally long."""
    monkeypatch.setattr(spoken_build, "SHARD_LINES", 12)
    stores = [
        build_spoken(SpokenConfig(out=tmp_path / name, max_scripts=2, workers=workers), count_words)
        for name, workers in (("one", 1), ("two", 2))
    ]
    for role in ("agent", "user"):
        texts = [store.texts(role) for store in stores]
        assert texts[0] == texts[1] and len(texts[0]) > 3
        assert all(stores[0].line(role, text).voice == stores[1].line(role, text).voice for text in texts[0])
    for text in stores[0].texts("agent"):
        assert len(stores[0].load("agent", text)) == len(stores[1].load("agent", text))
