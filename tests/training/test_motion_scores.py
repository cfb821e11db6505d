import json
from pathlib import Path

import pytest

from solami.body.npz import write_motion
from solami.body.pack import Clip, read_index
from solami.body.procedural import idle, wave
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.training.motion_scores import codebook_use, roundtrip, score_motion


@pytest.fixture
def clips(tmp_path: Path) -> list[Clip]:
    for name, motion in (("a", wave(1.5)), ("b", idle(2.0))):
        write_motion(tmp_path / f"{name}.npz", motion)
    row = {"caption": "", "action": "wave", "split": "val"}
    rows = [row | {"id": n, "file": f"{n}.npz", "has_hands": n == "a", "hands_animated": n == "a"} for n in "ab"]
    (tmp_path / "index.jsonl").write_text("\n".join(json.dumps(r) for r in rows))
    return read_index(tmp_path)


def test_a_score_has_every_measure(clips: list[Clip]) -> None:
    """Errors are pooled over poses, with an interval around MPJPE and hands only where fingers move."""
    score = score_motion(DummyMotionTokenizer(), clips)
    low, high = score["mpjpe_mm_ci95"]  # type: ignore[misc]
    assert low <= score["mpjpe_mm"] <= high  # type: ignore[operator]
    assert score["clips"] == 2 and score["hand_error_deg"] > 0  # type: ignore[operator]
    assert "hand_error_deg" not in score_motion(DummyMotionTokenizer(), clips[1:])


def test_a_round_trip_keeps_length_and_place(clips: list[Clip]) -> None:
    """The decoded motion has as many poses as the source."""
    motion = clips[0].read()
    assert len(roundtrip(DummyMotionTokenizer(), motion).rotations) == len(motion.rotations)


def test_use_counts_distinct_codes(clips: list[Clip]) -> None:
    """Use is the share of codes seen at least once, hands only where they were captured."""
    codes = DummyMotionTokenizer().encode(clips[0].read())
    use = codebook_use(DummyMotionTokenizer(), clips[:1])
    distinct = len(set(codes.body.values[0].tolist()))
    assert (use["body_0"]["use"], use["body_0"]["dead"]) == (distinct / 512, 512 - distinct)
    assert 1 <= use["body_0"]["perplexity"] <= distinct
    assert codebook_use(DummyMotionTokenizer(), clips[1:])["hands_0"]["use"] == 0
