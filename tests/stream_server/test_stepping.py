"""One step for many replies."""

from collections.abc import Sequence
from typing import Any

from solami.errors import EngineError
from solami.stream_server.load import Load
from solami.stream_server.outputs import Failed
from solami.stream_server.pacing import Pacing
from solami.stream_server.stepping import Stepper


class Draws:
    """A backend that draws a number's square; 0 is refused before anything is drawn."""

    model, sample_rate, fps = "squares", 16_000, 30.0

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def draw(self, wanted: Sequence[int]) -> list[int]:
        """Squares."""
        self.batches.append(list(wanted))
        if 0 in wanted:
            raise EngineError("no room")
        return [each * each for each in wanted]


class Lane:
    """A session, and its runner in one, that wants one number or goes on by itself."""

    session = "-"

    def __init__(self, want: int | None) -> None:
        self.runner, self.want = self, want
        self.taken: list[int | None] = []
        self.told: list[Any] = []

    def wanted(self) -> int | None:
        """As told."""
        return self.want

    def need(self, now_s: float) -> float | None:
        """It can go on."""
        return 0.0

    def take(self, token_id: int | None, drawn_s: float) -> None:
        """Keep it."""
        self.taken.append(token_id)

    def fail(self) -> int:
        """Epoch 1 died."""
        return 1

    def emit(self, output: Any) -> None:
        """Keep it."""
        self.told.append(output)


def step(*wants: int | None) -> tuple[list[Any], Draws, Load]:
    """One step of sessions that want this."""
    lanes: list[Any] = [Lane(want) for want in wants]
    backend, load = Draws(), Load(Pacing())
    Stepper(backend, load, lambda: 0.0).step(lanes)  # type: ignore[arg-type]
    return lanes, backend, load


def test_all_that_want_an_id_share_a_step() -> None:
    """Ids are drawn together and reach their own sessions; who wants none goes on by itself."""
    lanes, backend, load = step(2, None, 3)
    assert [lane.taken for lane in lanes] == [[4], [None], [9]]
    assert backend.batches == [[2, 3]]
    assert (load.report().steps, load.report().drawn) == (1, 2)


def test_one_that_cannot_be_drawn_fails_alone() -> None:
    """The session whose id cannot be drawn is told, the others get theirs in the same round."""
    lanes, backend, _ = step(2, 0, 3)
    assert [lane.taken for lane in lanes] == [[4], [], [9]]
    assert backend.batches == [[2, 0, 3], [2], [0], [3]]
    assert [type(output) for output in lanes[1].told] == [Failed]
    assert lanes[0].told == lanes[2].told == []
