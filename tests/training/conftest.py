import json
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from solami.datasets.clauses import split_line
from solami.datasets.requests import ANSWERS, naming
from solami.datasets.scripts import load_scripts
from solami.frames import CodeSpec
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.lm_runs import staged_keys, train_stage
from solami.training.text_tokenizer import train_text_tokenizer

SPECS = [
    CodeSpec("speech", 16, 1, 25.0),
    CodeSpec("body", 8, 2, 7.5),
    CodeSpec("hands", 8, 1, 7.5),
    PlacementTokenizer.spec,
]
LINES = [turn.speech for script in load_scripts()[:30] for turn in script.turns if turn.speech.strip()]


@cache
def _text_tokenizer() -> str:
    return train_text_tokenizer(LINES * 2, size=1200).to_str()


def _load(text: str) -> Vocabulary:
    return Vocabulary(Tokenizer.from_str(text), SPECS)


@pytest.fixture(scope="session")
def load_vocabulary() -> Callable[[], Vocabulary]:
    """What a worker calls for its vocabulary of tiny codebooks."""
    return partial(_load, _text_tokenizer())


@pytest.fixture(scope="session")
def words(load_vocabulary: Callable[[], Vocabulary]) -> Vocabulary:
    """The vocabulary of tiny codebooks."""
    return load_vocabulary()


@pytest.fixture(scope="session")
def script_lines() -> list[str]:
    """The lines that there are codes for."""
    return LINES


@pytest.fixture(scope="session")
def codes_folder(tmp_path_factory: pytest.TempPathFactory, words: Vocabulary) -> Path:
    """Random codes of silence, of every line as a user's and as the agent's clauses, and of two human lines."""
    folder = tmp_path_factory.mktemp("codes")
    keys = [["silence", ""]] + [["user", line] for line in dict.fromkeys(LINES)]
    split = partial(split_line, count_tokens=lambda text: len(words.encode_text(text)))
    lines = [*LINES, *ANSWERS, *naming("waves with the right hand")]
    keys += [["agent", c] for c in dict.fromkeys(c for line in lines for c in split(line))]
    keys += [["human", "a-1", "Hello there."], ["human", "a-2", "Good night."]]
    counts = [200 if key[0] == "silence" else 10 * max(1, len(key[1].split()) // 3) for key in keys]
    values = np.random.default_rng(0).integers(0, 16, (1, sum(counts))).astype(np.uint16)
    np.savez(folder / "speech_00000.npz", keys=np.array(json.dumps(keys)), counts=np.array(counts), values=values)
    return folder


@pytest.fixture(scope="session")
def acted_folder(tmp_path_factory: pytest.TempPathFactory, codes_folder: Path) -> Path:
    """The same speech and random motion codes of two takes of every procedural caption, some as trackers saw them."""
    folder = tmp_path_factory.mktemp("acted")
    (folder / "speech_00000.npz").write_bytes((codes_folder / "speech_00000.npz").read_bytes())
    keys = staged_keys(train_stage(None, takes=2), has_trackers=True)
    rng = np.random.default_rng(1)
    counts = rng.integers(20, 60, len(keys))
    codes = {"body": rng.integers(0, 8, (2, sum(counts))), "hands": rng.integers(0, 8, (1, sum(counts)))}
    paths = np.zeros((sum(counts), 3), np.float32)
    np.savez(folder / "motion_00000.npz", keys=np.array(json.dumps(keys)), counts=counts, paths=paths, **codes)
    return folder
