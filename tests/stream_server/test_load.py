"""The worker's own measurements."""

import pytest

from solami.errors import CapacityError
from solami.stream_server.load import DRY_S, Load
from solami.stream_server.pacing import Pacing


def test_a_session_that_cannot_be_held_is_refused_with_a_time() -> None:
    """At 0.29 s of compute a second of talk three sessions fit into 0.9 and no fourth; unmeasured, all are admitted."""
    load = Load(Pacing(max_busy=0.9))
    load.check_room(50, 0.0)
    for _ in range(100):
        load.add(0.029, 0.1, 1)
    assert load.cost == pytest.approx(0.29, rel=0.01)
    load.check_room(2, 0.0)
    with pytest.raises(CapacityError) as caught:
        load.check_room(3, 0.0)
    assert caught.value.retry_after_s > 0


def test_the_first_session_is_always_admitted() -> None:
    """However slow the machine is, somebody may try."""
    load = Load(Pacing())
    for _ in range(100):
        load.add(0.1, 0.1, 1)
    load.ran_dry(0.0)
    load.check_room(0, 1.0)


def test_silence_says_nothing_about_cost() -> None:
    """Seconds in which nobody talks do not make sessions look cheap."""
    load = Load(Pacing())
    for _ in range(50):
        load.add(0.05, 0.1, 1)
    before = load.cost
    for _ in range(1000):
        load.add(0.0, 0.1, 0)
    assert load.cost == before
    assert not load.is_high


def test_after_a_dry_client_nobody_is_admitted_for_a_while() -> None:
    """An underrun is evidence enough."""
    load = Load(Pacing())
    load.ran_dry(100.0)
    with pytest.raises(CapacityError):
        load.check_room(1, 100.0 + DRY_S - 1)
    load.check_room(1, 100.0 + DRY_S + 1)


def test_the_load_is_high_while_the_thread_has_no_pause() -> None:
    """Busy all the time for some seconds is high; half of it is not."""
    load = Load(Pacing())
    for _ in range(100):
        load.add(0.1, 0.1, 2)
    assert load.is_high
    for _ in range(100):
        load.add(0.05, 0.1, 2)
    assert not load.is_high


def test_the_report_counts() -> None:
    """Steps, ids drawn in them, dry clients and rules."""
    load = Load(Pacing())
    load.stepped(4)
    load.stepped(2)
    load.fired("held_hands")
    load.fired("held_hands")
    load.ran_dry(0.0)
    report = load.report()
    assert (report.steps, report.drawn, report.dry, report.rules) == (2, 6, 1, {"held_hands": 2})
