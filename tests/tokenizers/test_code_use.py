import numpy as np
import pytest

from solami.frames import Codes, CodeSpec
from solami.tokenizers.code_use import CodeUse


def test_use_is_told_book_by_book() -> None:
    """Two codes of four in the first book, one of them three times as often; all four evenly in the second."""
    use = CodeUse(CodeSpec("body", 4, 2, 7.5))
    use.add(Codes("body", np.array([[0, 0, 1], [0, 1, 2]], np.int32), 7.5))
    use.add(Codes("body", np.array([[0], [3]], np.int32), 7.5))
    first, second = (use.report()[name] for name in ("body_0", "body_1"))
    assert (first["use"], first["dead"], second["use"], second["dead"]) == (0.5, 2, 1.0, 0)
    assert first["perplexity"] == pytest.approx(np.exp(-0.75 * np.log(0.75) - 0.25 * np.log(0.25)))
    assert second["perplexity"] == pytest.approx(4.0)


def test_nothing_seen_is_nothing_used() -> None:
    """Without any codes all are dead, and nothing divides by zero."""
    report = CodeUse(CodeSpec("speech", 8, 1, 25.0)).report()
    assert report == {"speech_0": {"use": 0.0, "dead": 8.0, "perplexity": 1.0}}
