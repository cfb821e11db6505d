from pathlib import Path

import pytest

from solami.commands import eval_model
from solami.commands.eval_model import ModelEvaluation, evaluate_model
from solami.evaluation.measures import Measure
from solami.evaluation.model import PARTS
from solami.evaluation.subject import Sizes
from solami.frames import FloatArray


class Deaf:
    """Hears nothing."""

    def words(self, samples: FloatArray) -> str:
        return ""


def test_every_part_is_measured_behind_the_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one worker all parts run here, in their order, with the wanted share; without the whole none does."""
    asked = []

    def measured(part: str, subject: object, listener: object, pack: Path | None, sizes: object) -> list[Measure]:
        asked.append((part, sizes.scored))  # type: ignore[attr-defined]
        return [Measure(part, 1.0, (1.0, 1.0), 1, 0.0, "test", "x")]

    monkeypatch.setattr(eval_model, "Recogniser", Deaf)
    monkeypatch.setattr(eval_model, "PROMPTS", eval_model.PROMPTS[:2])
    monkeypatch.setattr(eval_model, "part_measures", measured)
    rows, more = evaluate_model(ModelEvaluation("debug", None, 0, 0.5, 1))
    assert [row.name for row in rows][-len(PARTS) :] == list(PARTS) == [part for part, _ in asked]
    assert {scored for _, scored in asked} == {Sizes().scaled(0.5).scored} != {Sizes().scored}
    assert len(more["replies"]) == 2
    asked.clear()
    evaluate_model(ModelEvaluation("debug", None, 0, 0.5, 1, whole=False))
    assert asked == []
