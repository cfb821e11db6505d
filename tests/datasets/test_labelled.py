"""Synthesised lines with phone times."""

import json
from pathlib import Path

import pytest
import soundfile

from solami.datasets.flite import flite_exists
from solami.datasets.labelled import LabelledConfig, build_labelled
from solami.datasets.phones import phones_can_be_read
from solami.training.speech_data import load_synthetic


def test_lines_have_sound_and_phones_in_time_and_a_second_run_adds_only_the_rest(tmp_path: Path) -> None:
    """Every line's phones lie in order within its sound, and building again with more lines keeps the first ones."""
    pytest.importorskip("espeakng_loader", reason="needs solami[data]")
    build_labelled(LabelledConfig(out=tmp_path, agent_lines=2, user_lines=0, retold_lines=1))
    before = (tmp_path / "index.jsonl").read_text()
    more = LabelledConfig(out=tmp_path, agent_lines=2, user_lines=2, retold_lines=0)
    there = len(before.splitlines())
    assert build_labelled(more) == there + 2 and build_labelled(more) == there + 2
    lines = (tmp_path / "index.jsonl").read_text()
    assert lines.startswith(before)
    for row in map(json.loads, lines.splitlines()):
        seconds = soundfile.info(tmp_path / row["file"]).duration
        ends = [end for _, _, end in row["phones"]]
        assert ends == sorted(ends)
        assert 0.4 * seconds < ends[-1] <= seconds + 0.05


def test_the_trainer_reads_what_was_built(tmp_path: Path) -> None:
    """The clips carry phones, pitch and one speaker a voice."""
    pytest.importorskip("parselmouth", reason="needs solami[data]")
    if not phones_can_be_read():
        pytest.skip("the program flite, which reads lines as phones, is not installed")
    build_labelled(LabelledConfig(out=tmp_path, agent_lines=2, user_lines=1, retold_lines=0))
    clips = load_synthetic(tmp_path)
    assert len(clips) == 3
    assert all(len(clip.phones) > 5 and (clip.f0_hz > 0).any() for clip in clips)


def test_lines_are_told_again_in_the_same_phones_by_another_voice(tmp_path: Path) -> None:
    """Half of four lines come twice; the second time in a user's voice, pauses and phones in the same order."""
    if not flite_exists():
        pytest.skip("flite's libraries, whose voices speak the lines, are not installed")
    assert build_labelled(LabelledConfig(out=tmp_path, agent_lines=4, user_lines=0, retold_lines=2)) == 6
    rows = [json.loads(line) for line in (tmp_path / "index.jsonl").read_text().splitlines()]
    first = {row["text"]: row for row in rows[:4]}
    for row in rows[4:]:
        same = first[row["text"]]
        assert row["voice"] != same["voice"]
        assert [name for name, *_ in row["phones"]] == [name for name, *_ in same["phones"]]
        assert row["phones"] != same["phones"]
