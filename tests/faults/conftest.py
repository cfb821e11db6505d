"""What the fault tests share: a way to try many broken inputs and to count them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

Fuzz = Callable[..., None]


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
        record_property("inputs_tried", tried)
        record_property("inputs_refused", refused)
        assert tried >= count, f"{tried} inputs tried, {refused} refused; expected at least {count}"

    return run
