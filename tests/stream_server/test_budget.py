"""The latency budget."""

from solami.stream_server.budget import PLANNED_MS, Budget, hands_should_rest, is_behind


def test_rows_hold_plan_and_spent_in_order() -> None:
    """Every planned stage has a row, sums add up, unplanned stages come last."""
    budget = Budget(endpoint_planned_ms=0.0)
    for stage, spent_ms in (("decode", 1.0), ("decode", 2.0), ("surprise", 4.0)):
        budget.add(stage, spent_ms)
    rows = budget.rows()
    assert [row.stage for row in rows] == [*PLANNED_MS, "surprise"]
    assert {row.stage: row.spent_ms for row in rows}["decode"] == 3.0
    assert rows[0].planned_ms == 0.0


def test_a_reply_is_late_when_its_plan_is_missed() -> None:
    """A prefill within its plan is in time, unless the machine is short of time altogether."""
    in_time_s = PLANNED_MS["prefill"] / 1000
    assert not is_behind(in_time_s, is_high=False)
    assert is_behind(in_time_s + 0.001, is_high=False)
    assert is_behind(0.0, is_high=True)


def test_hands_rest_until_there_is_some_lead_again() -> None:
    """They stop shortly before the client runs dry and do not start again at the first breath."""
    rests, seen = False, []
    for lead_s in (0.5, 0.1, 0.5, 0.9, 0.5):
        rests = hands_should_rest(lead_s, rests)
        seen.append(rests)
    assert seen == [False, True, True, False, False]
