import numpy as np
import pytest

from solami.build import build_backend
from solami.config import load_serve_config
from solami.evaluation.model import PARTS, part_measures
from solami.evaluation.subject import Sizes, Subject
from solami.frames import FloatArray
from solami.pipeline.backend import PipelineBackend

PER_SOURCE = {"heard_word_error", "saw_accuracy", "relevance", "persona_accuracy", "intelligibility_word_error"}
OF_MOTION = {"following_accuracy", "fid", "kid", "diversity"}


class Deaf:
    """Hears nothing."""

    def words(self, samples: FloatArray) -> str:
        return ""


@pytest.mark.slow
def test_every_measure_of_an_untrained_model_stands_beside_a_baseline() -> None:
    """Without a pack and with random replies all parts run, finite, and each row has its count and its baseline."""
    backend = build_backend(load_serve_config("debug"))
    assert isinstance(backend, PipelineBackend)
    cast = {name: backend.cast[name] for name in ("ada", "rosa")}
    prompts = {name: persona.text for name, (persona, _) in cast.items()}
    subject = Subject(backend, backend, backend.models, prompts, {name: voice for name, (_, voice) in cast.items()}, 0)
    sizes = Sizes().scaled(0.01).model_copy(update={"judge_clips": 60, "space_clips": 30})
    rows = [row for part in PARTS for row in part_measures(part, subject, Deaf(), None, sizes)]
    names = {row.name for row in rows}
    assert {"text_perplexity", "own_prompt_perplexity", "voice_likeness"} | PER_SOURCE | OF_MOTION <= names
    assert all(np.isfinite([row.value, *row.ci95]).all() and row.n > 0 and row.baseline is not None for row in rows)
