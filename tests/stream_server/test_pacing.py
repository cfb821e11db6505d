"""Who goes on next."""

from hypothesis import given
from hypothesis import strategies as st

from solami.stream_server.pacing import BEAT_S, Need, Pacing, choose, wake_s

PACING = Pacing()
NEEDS = st.builds(lambda lead_s: Need(100.0 + lead_s, lead_s), st.floats(0, 5))


def test_the_needy_go_alone_the_most_urgent_first() -> None:
    """A reply whose sound has not begun and one that runs out share the step; one with a lead waits for them."""
    needs = [Need(101.2, 1.2), Need(100.3, 0.3), Need(99.9, 0.0)]
    assert choose(needs, 100.0, PACING, 2.0) == [2, 1]


def test_where_nobody_is_needy_all_go_that_are_not_far_ahead() -> None:
    """Replies with some lead share the step, in the order of their deadlines."""
    needs = [Need(101.5, 1.5), Need(101.7, 1.7), Need(101.0, 1.0)]
    assert choose(needs, 100.0, PACING, 2.0) == [2, 0]


@given(st.lists(NEEDS, max_size=8), st.floats(0.8, 3))
def test_nobody_gets_further_ahead_than_allowed(needs: list[Need], max_lead_s: float) -> None:
    """A chosen reply has room for a whole beat; whoever is needy and may go on is chosen."""
    chosen = choose(needs, 100.0, PACING, max_lead_s)
    assert all(needs[index].lead_s + BEAT_S <= max_lead_s for index in chosen)
    assert bool(chosen) == any(need.lead_s + BEAT_S <= max_lead_s for need in needs)
    if chosen:
        first = min((n for n in needs if n.lead_s + BEAT_S <= max_lead_s), key=lambda n: n.deadline_s)
        assert needs[chosen[0]].deadline_s == first.deadline_s


def test_the_worker_wakes_when_the_first_may_go_on() -> None:
    """With 1.9 s ahead of 2 and beats of 0.4 s, that is in 0.3 s; without replies never."""
    due_s = wake_s([Need(101.9, 1.9), Need(102.0, 2.0)], 100.0, 2.0)
    assert due_s is not None
    assert abs(due_s - 100.3) < 1e-9
    assert wake_s([], 100.0, 2.0) is None
