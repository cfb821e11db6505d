from collections.abc import Sequence

import pytest

from solami.datasets.scripts import Script, ScriptTurn, load_scripts
from solami.datasets.sources import Split
from solami.datasets.validation import Rules, validate


def script(name: str, lines: Sequence[str], motions: Sequence[str] = (), split: Split = "train") -> Script:
    turns = tuple(
        ScriptTurn("user" if i % 2 == 0 else "agent", line, motions[i] if motions else "", "neutral")
        for i, line in enumerate(lines)
    )
    return Script(name, "ada", "chat", "a topic", turns, split)


FINE = script("fine-1", ["How was your day?", "It was long, but good."])


def test_what_ships_is_fine() -> None:
    """No shipped script is dropped."""
    shipped = load_scripts()
    found = validate(shipped)
    assert found.dropped == [] and found.kept == shipped


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (script("x", ["word " * 30, "Yes."]), "length"),
        (script("x", ["Hello there.", "Hi.", "And now?"]), "length"),
        (script("x", ["", "Nobody did anything."]), "length"),
        (script("x", ["I have 3 dogs.", "Nice."]), "spelling"),
        (script("x", ["Hello.", "*smiles* Hello!"]), "spelling"),
        (script("x", ["Tell me.", "I will kill you."]), "safety"),
        (script("x", ["how was your DAY", "it was long but good!"]), "duplicate"),
    ],
)
def test_bad_scripts_are_dropped_for_their_reason(bad: Script, reason: str) -> None:
    """Each rule drops what breaks it, names the script, and leaves the good one."""
    found = validate([FINE, bad])
    assert found.kept == [FINE]
    assert [(fault.script, fault.reason) for fault in found.dropped] == [("x", reason)]
    assert found.report()["dropped"] == {reason: 1} and found.report()["kept"] == {"train": 1}


def test_train_scripts_that_repeat_held_out_ones_are_dropped() -> None:
    """Long lines shared with a held-out script drop the train script, never the held-out one; short ones do not."""
    lines = ["I lost my keys in the park.", "Then let us look under the bench first."]
    held, leak = script("held", lines, split="test"), script("leak", [*lines, "Thank you.", "Any time."])
    assert [(f.script, f.reason) for f in validate([leak, held]).dropped] == [("leak", "overlap")]
    short = [
        script("a", ["Hello.", "Hi there.", "Bye.", "Bye now."]),
        script("b", ["Hello.", "Hi there."], split="test"),
    ]
    assert validate(short).dropped == []
    assert validate([leak, held], Rules(max_overlap=1.0)).dropped == []


def test_a_gesture_much_longer_than_its_line_drops_the_script() -> None:
    """A nine-second dance under one word is dropped; the same under a long line, or of the user, is not."""
    dance = ["", "dances"]
    short, long = script("short", ["Dance!", "Yes."], dance), script("long", ["Dance!", "I " * 12], dance)
    users = script("user", ["Yes.", "Lovely."], ["dances", ""])
    found = validate([short, long, users], gesture_seconds=lambda turn: 9.0 if turn.motion == "dances" else None)
    assert [(fault.script, fault.reason) for fault in found.dropped] == [("short", "pace")]
