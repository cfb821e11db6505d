"""Work for one session whose failure is told to its client and is nobody else's business."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from solami.errors import CapacityError, ConfigError, EngineError, InputError, ProtocolError, SolamiError
from solami.stream_server.lane import Lane
from solami.stream_server.logs import session_id
from solami.stream_server.outputs import Failed

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

_CODES: tuple[tuple[type[SolamiError], str], ...] = (
    (ConfigError, "invalid_session"),
    (InputError, "invalid_input"),
    (EngineError, "context_full"),
)


def attempt(lane: Lane, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What the work returns; None where it failed and the client was told. What it logs names the session."""
    token = session_id.set(lane.session)
    try:
        return work(*args, **kwargs)
    except ProtocolError as error:  # the client's mistake: nothing of the session is lost
        lane.emit(Failed(error.code, str(error)))
    except CapacityError as error:
        lane.emit(Failed("session_limit_reached", str(error), retry_after_s=error.retry_after_s))
    except SolamiError as error:
        code = next((code for kind, code in _CODES if isinstance(error, kind)), "internal_error")
        _give_up(lane, code, str(error))
    except Exception:  # a bug in the pipeline must not end the thread that serves everyone
        logger.exception("a turn failed")
        _give_up(lane, "internal_error", "The server failed and this turn is lost; go on with the next.")
    finally:
        session_id.reset(token)
    return None


def _give_up(lane: Lane, code: str, message: str) -> None:
    """The turn is lost; settings that were refused lose nothing."""
    epoch = 0
    if code != "invalid_session":
        try:
            epoch = lane.runner.fail()
        except Exception:
            logger.exception("a failed turn could not be cleaned up")
    lane.emit(Failed(code, message, epoch))
