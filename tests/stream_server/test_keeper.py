"""A session's conversation through failures."""

from typing import Any

import pytest

from solami.errors import ConfigError, EngineError
from solami.stream_server.keeper import Keeper
from solami.stream_server.outputs import ItemsDropped
from solami.stream_server.settings import SessionSettings

SETTINGS = SessionSettings()


class Conversation:
    """Keeps what is done to it."""

    def __init__(self, is_broken: bool = False) -> None:
        self.is_broken, self.done = is_broken, list[Any]()

    def revive(self, turns: int) -> None:
        """Live again, unless broken for good."""
        self.done.append(turns)
        if self.is_broken:
            raise EngineError("no room")

    def take_forgotten(self) -> Any:
        """Turn 1 is gone."""
        return type("Forgotten", (), {"faded": (), "gone": (1,)})

    def close(self) -> None:
        """Free the slot."""
        self.done.append("closed")


class Backend:
    """Opens such conversations."""

    def __init__(self, is_broken: bool = False) -> None:
        self.is_broken, self.opened = is_broken, list[Conversation]()

    def personas(self) -> list[Any]:
        """One."""
        return [type("Card", (), {"name": "ada"})]

    def open(self, persona: str, seed: int) -> Conversation:
        """A fresh one."""
        self.opened.append(Conversation(self.is_broken))
        return self.opened[-1]


def build(is_broken: bool = False) -> tuple[Keeper, Backend]:
    """A keeper whose conversation is open and has had two turns."""
    backend: Any = Backend(is_broken)
    keeper = Keeper(backend)
    keeper.opened(SETTINGS)
    for epoch in (1, 2):
        keeper.log.ended()
        keeper.log.answered(epoch)
    return keeper, backend


def test_a_failure_costs_one_turn() -> None:
    """The conversation that failed frees its slot and, when it is needed, lives again with the turns that ended."""
    keeper, backend = build()
    keeper.fail()
    assert backend.opened[0].done == ["closed"]
    assert keeper.opened(SETTINGS) is backend.opened[0]
    assert backend.opened[0].done == ["closed", 2]
    assert keeper.take_dropped() == ItemsDropped((), ("item_u1", "item_r1"))


@pytest.mark.parametrize("went_well", [False, True])
def test_what_fails_twice_in_a_row_is_given_up(went_well: bool) -> None:
    """A second failure before a reply came to its end begins a new conversation; after one it is a first again."""
    keeper, backend = build()
    keeper.fail()
    keeper.opened(SETTINGS)
    if went_well:
        keeper.went_well()
    keeper.fail()
    assert (keeper.opened(SETTINGS) is backend.opened[0]) == went_well
    assert keeper.log.in_conversation == (2 if went_well else 0)


def test_a_conversation_that_cannot_be_revived_is_replaced() -> None:
    """The failure to revive is told once; the next need opens a fresh conversation."""
    keeper, backend = build(is_broken=True)
    keeper.fail()
    with pytest.raises(EngineError):
        keeper.opened(SETTINGS)
    keeper.fail()
    assert keeper.opened(SETTINGS) is backend.opened[1]
    assert keeper.log.in_conversation == 0


def test_another_keeper_goes_on() -> None:
    """Where a thread died, the keeper on the next one revives the conversation with its log."""
    keeper, backend = build()
    keeper.fail()
    heir = Keeper(backend)  # type: ignore[arg-type]
    heir.inherit(keeper)
    assert heir.opened(SETTINGS) is backend.opened[0]
    assert heir.log is keeper.log


def test_a_client_that_asks_for_a_new_conversation_gets_one() -> None:
    """Beginning closes what there was, failed or not, and counts turns anew; unknown personas are refused before."""
    keeper, backend = build()
    keeper.fail()
    with pytest.raises(ConfigError, match="ada"):
        keeper.check("nobody")
    keeper.check("ada")
    keeper.begin(SETTINGS)
    assert keeper.conversation is backend.opened[1]
    assert keeper.log.count == 0
