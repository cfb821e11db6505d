"""How likely the user has finished, read off the LLM's newest row: one logistic unit on the hidden state.

The LLM never learns to predict the user's beats, so its own `<end>` says nothing there (it has no alternative); but the
state that it will write `<heard>` from knows whether the words are a whole. A unit belongs to the weights it was fitted
on and is refused beside others.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from solami.errors import ConfigError
from solami.frames import FloatArray

FILE = "turn_ends.json"
LARGEST = 1e6  # of a weight: beyond it the file is no such unit


@dataclass(frozen=True, slots=True, eq=False)
class TurnEnds:
    """Weights [D] and a bias, for the LLM whose weights have this SHA-256."""

    weight: FloatArray
    bias: float
    llm_sha256: str

    def probability(self, row: FloatArray) -> float:
        """Of a row [D] behind a beat of the user's."""
        return float(1.0 / (1.0 + np.exp(-np.clip(self.weight @ row + self.bias, -30.0, 30.0))))

    def save(self, folder: Path, scores: dict[str, float]) -> None:
        """Write the checkpoint's file, with what it scored."""
        body = {"llm_sha256": self.llm_sha256, "scores": scores, "bias": round(self.bias, 6)}
        body["weight"] = [round(float(value), 6) for value in self.weight]
        (folder / FILE).write_text(json.dumps(body) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TurnEnds:
        """Of a checkpoint. Raises ConfigError where the file cannot be read, or was fitted on another LLM."""
        try:
            body = json.loads((folder / FILE).read_text(encoding="utf-8"))
            weight, bias, sha256 = np.asarray(body["weight"], np.float64), float(body["bias"]), str(body["llm_sha256"])
            if weight.ndim != 1 or not (np.abs([*weight, bias]) < LARGEST).all():
                raise ValueError("expected one finite number for each of the LLM's")
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise ConfigError(f"{folder / FILE}: cannot be read ({error}); see `solami train turn-ends`") from error
        found = cls(weight.astype(np.float32), bias, sha256)
        if found.llm_sha256 != llm_sha256(folder):
            raise ConfigError(f"{folder / FILE} was fitted on another LLM; run `solami train turn-ends` again")
        return found


def llm_sha256(folder: Path) -> str:
    """Of all weights of a checkpoint's LLM."""
    digest = hashlib.sha256()
    for path in sorted((folder / "llm").glob("*.safetensors")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
