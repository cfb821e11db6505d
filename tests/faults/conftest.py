"""What the fault tests share: a way to try many broken inputs and to count them."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

Fuzz = Callable[..., None]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what the fault tests counted, test by test and in all."""
    total: Counter[str] = Counter()
    terminalreporter.section("what the fault tests counted")
    for report in terminalreporter.getreports("passed"):
        if "tests/faults/" not in report.nodeid or not report.user_properties:
            continue
        counts: Counter[str] = Counter()
        for name, value in report.user_properties:
            counts[name] += value
        total.update(counts)
        terminalreporter.line(f"{report.nodeid.partition('faults/')[2]}: {_listed(counts)}")
    terminalreporter.line(f"in all: {_listed(total)}")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


@pytest.fixture
def fuzz(record_property: Callable[[str, object], None]) -> Fuzz:
    """Give `decode` so many inputs; it may only return, or raise one of `refusals`. The counts go to the report."""

    def run(inputs: SearchStrategy[Any], decode: Callable[[Any], object], refusals: Any, count: int) -> None:
        tried = refused = 0

        @settings(max_examples=count, database=None, suppress_health_check=list(HealthCheck))
        @given(inputs)
        def one(value: Any) -> None:
            nonlocal tried, refused
            tried += 1
            try:
                decode(value)
            except refusals as error:
                refused += 1
                assert str(error) and "Traceback" not in str(error)

        one()
        record_property("inputs tried", tried)
        record_property("inputs refused", refused)
        assert tried >= count, f"{tried} inputs tried, {refused} refused; expected at least {count}"

    return run
