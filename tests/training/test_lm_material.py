import random
from itertools import islice
from pathlib import Path

import pytest

from solami.datasets.scripts import Script, load_scripts
from solami.llm.turns import AgentTurn, Clause, SystemTurn, UserTurn
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.lm_codes import CodeStore
from solami.training.lm_material import Material, Stream, endless
from solami.training.lm_sources import Shares, Sources
from solami.training.lm_users import Drop

NAMES = sorted({script.persona for script in load_scripts()})


@pytest.fixture(scope="module")
def material(acted_folder: Path, words: Vocabulary) -> Material:
    return Material(words, CodeStore(acted_folder), Sources(codes=acted_folder, takes=2))


def streams(material: Material, seed: int = 0, **shares: float) -> dict[str, Stream]:
    return material.streams(PlacementTokenizer().encode, Shares.model_validate(shares), Drop(), random.Random(seed))


def test_every_task_has_samples(material: Material) -> None:
    """Scripts, codes and procedural motion alone give samples of every task but talk from dialogues."""
    for name, stream in streams(material, script_lines=1.0, duets=0.0).items():
        found = any(sample is not None for sample in islice(stream, 4000))  # codes are there for one talk of 200
        assert found is (name != "chat"), name


def test_shares_decide_what_comes_before_a_line(material: Material) -> None:
    """Lines follow what was said before them, and a persona's text stands before them, as often as wanted."""
    for share in (0.0, 1.0):
        drawn = islice(streams(material, answers=share, systems=share)["t2s"], 60)
        samples = [sample for sample in drawn if sample is not None]
        assert all(isinstance(sample[0], SystemTurn) is (share == 1) for sample in samples)
        answered = sum(any(isinstance(turn, UserTurn) for turn in sample) for sample in samples)
        assert answered == 0 if share == 0 else answered > len(samples) / 2
        assert all(isinstance(sample[-1], AgentTurn) for sample in samples)


def test_a_line_is_said_by_who_said_it_in_a_script(acted_folder: Path, words: Vocabulary, tmp_path: Path) -> None:
    """The persona's text before a line of a script is that of the script's own character."""
    for name in NAMES:
        (tmp_path / f"{name}.yaml").write_text(f"{{name: {name}, text: I am {name}.}}")
    made = Material(words, CodeStore(acted_folder), Sources(codes=acted_folder, takes=2, personas=tmp_path))
    said = {
        name: {line for script in load_scripts() if script.persona == name for line in spoken(script)} for name in NAMES
    }
    drawn = islice(streams(made, answers=0, systems=1.0, script_lines=1.0)["t2s"], 40)
    samples = [sample for sample in drawn if sample is not None]
    assert samples
    for system, *_, agent in samples:
        assert isinstance(system, SystemTurn) and isinstance(agent, AgentTurn)
        line = " ".join(part.text for part in agent.parts if isinstance(part, Clause))
        assert line in said[system.text.removeprefix("I am ").removesuffix(".")]


def spoken(script: Script) -> list[str]:
    return [" ".join(turn.speech.split()) for turn in script.turns]


def test_streams_repeat_by_seed_and_never_end() -> None:
    """The same generator orders the same, every item comes before any comes again, and nothing gives nothing."""
    first, second = (list(islice(endless([1, 2, 3], random.Random(5)), 9)) for _ in range(2))
    assert first == second and sorted(first[:3]) == [1, 2, 3]
    assert list(endless([], random.Random(0))) == []


def test_a_line_of_a_script_is_spoken_with_its_motion(material: Material) -> None:
    """Most lines of scripts come with what the script's character does, not with talking hands."""
    drawn = islice(streams(material, script_lines=1.0)["speak"], 60)
    turns = [turn for sample in drawn for turn in sample or () if isinstance(turn, AgentTurn)]
    does = [part.does for turn in turns for part in turn.parts[:1] if isinstance(part, Clause)]
    assert len(set(does)) > 5 and does.count("talks with both hands") < len(does) / 2
