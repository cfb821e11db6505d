import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from solami.datasets.clauses import split_line
from solami.llm.turns import Heard, Saw, UserTurn
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.lm_codes import THREE_POINTS, CodeStore
from solami.training.lm_runs import train_stage
from solami.training.lm_turns import TurnMaker
from solami.training.lm_users import Drop, Shown, UserMaker, UserModes

MODES = ("typed", "typed_body", "speech", "speech_body", "body")
Show = Callable[..., Shown | None]


@pytest.fixture(scope="module")
def show(acted_folder: Path, words: Vocabulary) -> Show:
    """Show words and a caption in one mode, for a seed and shares of the rest."""
    store, stage = CodeStore(acted_folder), train_stage(None, takes=2)
    split = partial(split_line, count_tokens=lambda text: len(words.encode_text(text)))

    def run(mode: str, line: str, caption: str = "claps", seed: int = 0, **options: object) -> Shown | None:
        shares = UserModes(**dict.fromkeys(MODES, 0.0) | {mode: 1.0})
        needs_body = bool(options.pop("needs_body", False))
        drop = Drop.model_validate({"user": shares, "three_points": 0, **options})
        turns = TurnMaker(words, store, stage, PlacementTokenizer().encode, split, random.Random(seed))
        return UserMaker(turns, drop).shown(line, caption, turns.scene(), needs_body=needs_body)

    return run


def turn_of(shown: Shown | None) -> UserTurn:
    assert shown is not None
    return shown.turn


@pytest.mark.parametrize(
    ("mode", "speech", "body"),
    [("typed", False, False), ("typed_body", False, True), ("speech", True, False), ("speech_body", True, True)],
)
def test_a_turn_comes_in_the_mode_drawn(
    show: Show, script_lines: list[str], mode: str, speech: bool, body: bool
) -> None:
    """A line that was spoken comes typed or spoken, without a body or with one that stands somewhere."""
    turn = turn_of(show(mode, script_lines[0]))
    assert (turn.speech, turn.body, turn.placement is not None) == (speech, body, body)


def test_a_mode_that_cannot_be_shown_gives_way(show: Show) -> None:
    """Nobody speaks a line without codes, nobody who says nothing types, and a needed body is there."""
    unspoken = "Nobody ever spoke this."
    assert not turn_of(show("speech", unspoken)).speech
    assert turn_of(show("typed", "")).parts[0] != Heard("") and turn_of(show("typed", "")).body
    assert turn_of(show("typed", unspoken, needs_body=True)).body


def test_what_was_noticed_is_written_once(show: Show, script_lines: list[str]) -> None:
    """Words heard and motions seen stand in the user's turn with a share of 1 and are left for the agent with 0."""
    line = script_lines[0]
    noticed = (Heard(line), Saw("claps"))
    at_once = show("speech_body", line, heard_at_once=1, saw_at_once=1)
    assert at_once is not None and at_once.turn.parts[-2:] == noticed and at_once.noticed == ()
    later = show("speech_body", line, heard_at_once=0, saw_at_once=0)
    assert later is not None and later.noticed == noticed
    assert not any(isinstance(part, Heard | Saw) for part in later.turn.parts)


def test_three_points_stand_in_for_a_body(show: Show, acted_folder: Path) -> None:
    """With a share of 1 users' bodies come from the runs that trackers saw, where there are such."""
    store = CodeStore(acted_folder)
    tracked = {store.motion[key].body[:, :3].tobytes() for key in store.motion if key.startswith(THREE_POINTS)}

    def count(three_points: float) -> int:
        shown = [show("body", "", "claps", seed, three_points=three_points) for seed in range(12)]
        bodies = [getattr(turn_of(s).parts[0], "body", None) for s in shown]
        return sum(body is not None and body.tobytes() in tracked for body in bodies)

    assert count(0) == 0 < count(1)
