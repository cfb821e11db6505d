import json
from pathlib import Path
from typing import Any

import pytest

from solami.datasets.chat_model import ChatModel, ChatModelConfig
from solami.datasets.script_writing import plan, read_topics, save_scripts, write_scripts
from solami.datasets.scripts import ScriptTurn, load_scripts
from solami.errors import InputError

PERSONAS = {"ada": "You are Ada.", "rosa": "You are Rosa."}


def talk(said: str = "Yes, I will wave to you now.", motion: str = "waves with the right hand") -> str:
    turns = [
        {"role": "user", "speech": "Can you wave?", "motion": "", "emotion": "happy"},
        {"role": "agent", "speech": said, "motion": motion, "emotion": "happy"},
    ]
    return "Here it is:\n```json\n" + json.dumps({"turns": turns}) + "\n```"


def model(fake: Any, cache: Path) -> ChatModel:
    return ChatModel(ChatModelConfig(model="fake", base_url=fake.url, retries=0), cache)


def no_gesture(turn: ScriptTurn) -> float | None:
    return None


def test_shipped_topics_are_of_every_kind() -> None:
    """At least a hundred distinct topics over the eight kinds of the shipped scripts."""
    topics = read_topics()
    assert len(set(topics)) == len(topics) >= 100
    assert {kind for kind, _ in topics} == {script.kind for script in load_scripts()}


def test_a_topic_without_a_kind_is_refused(tmp_path: Path) -> None:
    """The line is named."""
    (tmp_path / "t.txt").write_text("# head\nchat\train\nno tab here\n")
    with pytest.raises(InputError, match="line 3"):
        read_topics(tmp_path / "t.txt")


def test_a_plan_is_fixed_by_its_seed() -> None:
    """The same seed plans the same talks with the same ids, all distinct, personas by turns."""
    first, again, other = (plan(PERSONAS, read_topics(), 150, seed) for seed in (0, 0, 1))
    assert first == again != other
    assert len({one.id for one in first}) == 150
    assert [one.persona for one in first[:4]] == ["ada", "rosa", "ada", "rosa"]


def test_talks_are_written_saved_and_read_again(fake_chat: Any, tmp_path: Path) -> None:
    """What the model answers in a fence becomes scripts with ids of their own; a second run asks nothing."""
    wanted = plan(PERSONAS, read_topics(), 2, 0)
    fake_chat.answers = [talk("Yes, I am waving to you."), talk("Look, this is my best wave.")]
    scripts, faults = write_scripts(model(fake_chat, tmp_path / "cache"), wanted, no_gesture, workers=1)
    assert faults == [] and [script.id for script in scripts] == [one.id for one in wanted]
    save_scripts(scripts, tmp_path / "out")
    assert {script.id for script in load_scripts(tmp_path / "out")} == {one.id for one in wanted}
    again = model(fake_chat, tmp_path / "cache")
    assert write_scripts(again, wanted, no_gesture, workers=1)[0] == scripts and again.spent.asked == 0


def test_a_faulty_talk_is_asked_for_again_with_its_fault(fake_chat: Any, tmp_path: Path) -> None:
    """No JSON, then digits, then a good talk: the third is taken, and the model was told what was wrong."""
    wanted = plan(PERSONAS, read_topics(), 1, 0)
    fake_chat.answers = ["I would rather not.", talk("I have 3 hands."), talk()]
    scripts, faults = write_scripts(model(fake_chat, tmp_path), wanted, no_gesture, workers=1)
    assert len(scripts) == 1 and faults == []
    assert "'3'" in fake_chat.asked[-1]["messages"][-1]["content"]


def test_what_stays_faulty_or_doubles_is_reported(fake_chat: Any, tmp_path: Path) -> None:
    """After three attempts a talk is dropped with its reason; of two equal talks one stays."""
    fake_chat.answers = [talk("I will kill you.")]
    scripts, faults = write_scripts(
        model(fake_chat, tmp_path / "a"), plan(PERSONAS, read_topics(), 1, 0), no_gesture, 1
    )
    assert scripts == [] and [fault.reason for fault in faults] == ["safety"] and len(fake_chat.asked) == 3
    fake_chat.answers = [talk()]
    scripts, faults = write_scripts(
        model(fake_chat, tmp_path / "b"), plan(PERSONAS, read_topics(), 2, 0), no_gesture, 2
    )
    assert len(scripts) == 1 and [fault.reason for fault in faults] == ["duplicate"]


def test_a_line_is_rewritten_to_last_as_long_as_its_gesture(fake_chat: Any, tmp_path: Path) -> None:
    """A short line under a long dance goes back to the model with a number of words to reach."""
    fake_chat.answers = [
        talk("Watch.", "dances"),
        '"Watch me, I will dance for you until the music ends."',
    ]
    wanted = plan(PERSONAS, read_topics(), 1, 0)
    scripts, _ = write_scripts(
        model(fake_chat, tmp_path), wanted, lambda turn: 6.0 if turn.motion == "dances" else None, workers=1
    )
    assert scripts[0].turns[1].speech.startswith("Watch me, I will dance")
    assert "about 13 words" in fake_chat.asked[1]["messages"][0]["content"]
