"""Fitting the unit that tells whether the user has finished."""

from pathlib import Path

import numpy as np

from solami.datasets.speech import HumanLine
from solami.training.turn_ends import HZ, Rows, TurnEndsConfig, breaks_of, choose_lines, fit, scores


def rows(seed: int, count: int = 400) -> Rows:
    """Rows of which one direction tells the finished from the others."""
    rng = np.random.default_rng(seed)
    finished = rng.random(count) < 0.3
    values = rng.normal(0, 1, (count, 8)).astype(np.float32)
    values[:, 3] += 3.0 * finished
    return Rows(values * 5 + 2, finished)


def test_what_separates_is_found() -> None:
    """On rows it has not seen the unit ranks finished lines first, and a higher threshold errs less."""
    unit = fit(rows(0), 0.01, "sha")
    found = scores(unit, rows(1))
    assert found["auc"] > 0.95
    assert found["wrong_at_0.9"] <= found["wrong_at_0.6"] < 0.2
    assert found["caught_at_0.6"] > 0.7


def test_lines_are_broken_off_where_they_are_quiet() -> None:
    """Every break lies in one of the line's pauses, in order, and the last where the voice ends."""
    loud = np.sin(np.arange(HZ // 2) / 5).astype(np.float32)
    line = np.concatenate(
        [loud, np.zeros(3200, np.float32), loud, np.zeros(3200, np.float32), loud, np.zeros(HZ, np.float32)]
    )
    stops = breaks_of(line, 2)
    assert stops == sorted(stops)
    assert 8000 <= stops[0] <= 11200
    assert 19200 <= stops[1] <= 22400
    assert abs(stops[-1] - (3 * 8000 + 6400)) < 0.1 * HZ


def test_speakers_are_tested_that_were_not_fitted_on(tmp_path: Path) -> None:
    """Train lines are of the train split, test lines of the others; long and short ones are left out."""
    lines = [
        HumanLine(f"{n}", tmp_path, "words", "someone", seconds, "train" if n % 2 else "test", "CC")  # type: ignore[arg-type]
        for n, seconds in enumerate([1.0, 3.0, 3.0, 3.0, 20.0, 20.0] * 10)
    ]
    train, test = choose_lines(lines, TurnEndsConfig(data=tmp_path, lines=10, test_lines=10))
    assert len(train) == 10
    assert len(test) == 10
    assert {line.split for line in train} == {"train"}
    assert {line.seconds for line in [*train, *test]} == {3.0}
