"""The client's pacing and errors; whole turns are in tests/e2e."""

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solami.client.client import TICK_S, _due, _num_ticks, connect
from solami.errors import SolamiError


@given(st.integers(1, 100_000), st.sampled_from([16000, 24000, 30]))
def test_ticks_send_everything_once(count: int, rate: int) -> None:
    """Over all ticks every sample or pose falls due, in order, never earlier than it happens."""
    ticks = min(_num_ticks(count, rate), 3000)
    due = [_due(tick, rate, count) for tick in range(ticks + 1)]
    assert due == sorted(due) and due[0] == 0
    assert all(n <= np.ceil(tick * TICK_S * rate) for tick, n in enumerate(due))
    assert _due(_num_ticks(count, rate), rate, count) == count


def test_nobody_there() -> None:
    """A refused connection is one clear sentence that says how to start a server."""

    async def main() -> None:
        with pytest.raises(SolamiError, match="solami serve"):
            async with connect("ws://127.0.0.1:9/v1/realtime"):
                pass

    asyncio.run(main())
