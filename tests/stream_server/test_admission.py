"""Who is let in for want of room or not."""

from solami.errors import CapacityError
from solami.stream_server.admission import refusal_for_room
from solami.stream_server.config import ServerConfig
from solami.stream_server.worker import ComputeWorker


class Room:
    """A worker that has room or has not."""

    def __init__(self, has_room: bool) -> None:
        self.has_room = has_room

    def check_room(self) -> None:
        if not self.has_room:
            raise CapacityError("The machine is busy.", 3.0)


def _refusal(total: int, of_key: int, has_room: bool = True) -> str | None:
    config = ServerConfig(max_sessions=4, max_sessions_per_key=2)
    worker: ComputeWorker = Room(has_room)  # type: ignore[assignment]
    refusal = refusal_for_room(worker, config, total, of_key)
    return None if refusal is None else refusal.message


def test_each_limit_says_which_it_is() -> None:
    """All sessions, those of one key, and measured speed are three limits with three sentences."""
    assert _refusal(3, 1) is None
    messages = [_refusal(4, 1), _refusal(3, 2), _refusal(0, 0, has_room=False)]
    assert all(messages) and len(set(messages)) == 3
