import json
from pathlib import Path

import pytest

from solami.commands import train_all as module
from solami.commands.train_all import CHECKPOINT, DONE, TrainAllConfig, data_config, train_all
from solami.config import find_config, load_config
from solami.training.lm_config import LmTrainingConfig
from solami.training.lm_data import RowsConfig
from solami.training.motion_tokenizer import MotionTrainConfig
from solami.training.speech_tokenizer import SpeechTrainingConfig


@pytest.fixture
def toy() -> TrainAllConfig:
    return load_config(TrainAllConfig, find_config("train", "toy"))


def test_every_block_of_the_toy_recipe_holds(toy: TrainAllConfig) -> None:
    """Each stage's block is valid for that stage, and the minutes asked for leave room in twenty."""
    folders = {"data": "x", "out": "y", "rows": ["z"]}
    motion = MotionTrainConfig.model_validate({**toy.motion, **{k: folders[k] for k in ("data", "out")}})
    speech = SpeechTrainingConfig.model_validate(toy.speech)
    stages = [
        LmTrainingConfig.model_validate({**block, **{k: folders[k] for k in ("rows", "out")}})
        for block in (toy.align, toy.instruct)
    ]
    minutes = [motion.max_minutes, speech.max_minutes, *(stage.max_minutes for stage in stages)]
    assert sum(m for m in minutes if m is not None) <= 15 and None not in minutes
    data = data_config(toy)
    assert data.motion == data.speech == toy.out / CHECKPOINT and not data.uses_pack
    for part in data.rows:
        RowsConfig.model_validate({**part.model_dump(), "takes": data.takes})


def test_a_stopped_run_goes_on_with_the_stage_it_was_in(
    toy: TrainAllConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stages that were done are not run again, the one that failed is, and the report names the checkpoint."""
    ran: list[str] = []

    def stage(name: str, *, fails: bool = False) -> None:
        def run(*arguments: object) -> None:
            ran.append(name)
            if fails:
                raise KeyboardInterrupt

        monkeypatch.setattr(module, f"_{name}", run)

    for name in ("pack", "text", "motion", "labelled", "speech", "voices", "data", "llm"):
        stage(name, fails=name == "speech")
    config = toy.model_copy(update={"out": tmp_path / "toy"})
    with pytest.raises(KeyboardInterrupt):
        train_all(config)
    assert ran == ["pack", "text", "motion", "labelled", "speech"]
    stage("speech")
    ran.clear()
    report = train_all(config)
    assert ran == ["speech", "voices", "data", "llm", "llm"]
    assert report["checkpoint"] == str(tmp_path / "toy" / CHECKPOINT)
    assert list(json.loads((tmp_path / "toy" / DONE).read_text())) == list(report["stages"])
