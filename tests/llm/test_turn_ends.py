"""The unit that tells whether the user has finished."""

from pathlib import Path

import numpy as np
import pytest

from solami.errors import ConfigError
from solami.llm.turn_ends import FILE, TurnEnds, llm_sha256


def checkpoint(folder: Path, llm: bytes) -> Path:
    """A folder with some LLM in it."""
    (folder / "llm").mkdir(exist_ok=True)
    (folder / "llm" / "model-00002-of-00002.safetensors").write_bytes(llm)
    return folder


def test_it_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    """The same row has the same probability, whatever the row, and it lies between 0 and 1."""
    folder = checkpoint(tmp_path, b"weights")
    unit = TurnEnds(np.asarray([1.5, -2.0], np.float32), 0.25, llm_sha256(folder))
    unit.save(folder, {"auc": 0.9})
    loaded = TurnEnds.load(folder)
    for row in ([0.0, 0.0], [1e9, 0.0], [-1e9, 3.0], [0.3, 0.1]):
        assert loaded.probability(np.asarray(row, np.float32)) == unit.probability(np.asarray(row, np.float32))
    assert loaded.probability(np.asarray([1e9, 0.0], np.float32)) == pytest.approx(1.0)
    assert loaded.probability(np.zeros(2, np.float32)) == pytest.approx(1 / (1 + np.exp(-0.25)))


def test_it_is_refused_beside_another_llm(tmp_path: Path) -> None:
    """After the LLM was replaced the error names the command that fits it anew; a broken file is an error too."""
    folder = checkpoint(tmp_path, b"weights")
    TurnEnds(np.ones(2, np.float32), 0.0, llm_sha256(folder)).save(folder, {})
    checkpoint(tmp_path, b"other weights")
    with pytest.raises(ConfigError, match="solami train turn-ends"):
        TurnEnds.load(folder)
    (folder / FILE).write_text("[]", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be read"):
        TurnEnds.load(folder)
