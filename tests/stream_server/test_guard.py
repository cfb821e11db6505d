"""Failures of one session."""

from typing import Any

import pytest

from solami.errors import CapacityError, ConfigError, EngineError, InputError, ProtocolError
from solami.stream_server.guard import attempt
from solami.stream_server.logs import session_id
from solami.stream_server.outputs import Failed


class Runner:
    """Whose reply 7 dies with it."""

    def __init__(self, is_broken: bool = False) -> None:
        self.is_broken, self.failures = is_broken, 0

    def fail(self) -> int:
        """Forget the conversation."""
        self.failures += 1
        if self.is_broken:
            raise ZeroDivisionError
        return 7


class Lane:
    """Keeps what it is told."""

    session = "sess_7"

    def __init__(self, runner: Runner) -> None:
        self.runner, self.out = runner, list[Failed]()

    def emit(self, output: Failed) -> None:
        """Keep it."""
        self.out.append(output)


def run(error: Exception | None, runner: Runner) -> tuple[Any, list[Failed]]:
    """Work that fails as told."""
    lane: Any = Lane(runner)

    def work(value: int) -> int:
        if error is not None:
            raise error
        return value

    return attempt(lane, work, 3), lane.out


def test_work_that_goes_well_returns() -> None:
    """Nobody is told anything."""
    assert run(None, Runner()) == (3, [])


def test_what_is_logged_names_the_session() -> None:
    """While the work of a session runs, and only then, log lines are of that session."""
    lane: Any = Lane(Runner())
    assert attempt(lane, session_id.get) == "sess_7"
    assert session_id.get() == "-"


@pytest.mark.parametrize(
    ("error", "code", "loses_turn"),
    [
        (ProtocolError("item_not_found", "no"), "item_not_found", False),
        (CapacityError("full", 2.0), "session_limit_reached", False),
        (ConfigError("bad persona"), "invalid_session", False),
        (InputError("bad input"), "invalid_input", True),
        (EngineError("context full"), "context_full", True),
        (ZeroDivisionError("secret"), "internal_error", True),
    ],
)
def test_each_failure_has_its_code(error: Exception, code: str, loses_turn: bool) -> None:
    """What the client did wrong loses nothing; what broke a turn loses that turn; no detail of a bug gets out."""
    runner = Runner()
    result, out = run(error, runner)
    assert result is None
    assert [failed.code for failed in out] == [code]
    assert runner.failures == int(loses_turn)
    assert out[0].epoch == 7 * loses_turn
    assert "secret" not in out[0].message


def test_a_failure_of_the_cleaning_up_is_survived() -> None:
    """The client is told all the same."""
    _, out = run(EngineError("context full"), Runner(is_broken=True))
    assert [(failed.code, failed.epoch) for failed in out] == [("context_full", 0)]
