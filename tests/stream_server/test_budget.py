"""The latency budget."""

from solami.stream_server.budget import PLANNED_MS, Budget


def test_rows_hold_plan_and_spent_in_order() -> None:
    """Every planned stage has a row, sums add up, unplanned stages come last."""
    budget = Budget(endpoint_planned_ms=0.0)
    for stage, spent_ms in (("decode", 1.0), ("decode", 2.0), ("surprise", 4.0)):
        budget.add(stage, spent_ms)
    rows = budget.rows()
    assert [row.stage for row in rows] == [*PLANNED_MS, "surprise"]
    assert {row.stage: row.spent_ms for row in rows}["decode"] == 3.0
    assert rows[0].planned_ms == 0.0
