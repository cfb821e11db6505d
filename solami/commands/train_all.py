"""From nothing to a talking model: procedural motion and synthesised speech, every tokenizer, the LLM, one checkpoint.

A stage that is done is noted in the folder and not run again, so a stopped run goes on with the stage it was in.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import Field

from solami.commands.data import DataConfig, RowsPart, SpokenPart
from solami.strict import Strict

logger = logging.getLogger(__name__)
DONE, CHECKPOINT = "done.json", "checkpoint"


class TrainAllConfig(Strict):
    """`configs/train/toy.yaml`: what the stages are given; folders lie under `out`."""

    out: Path = Field(description="everything is made here; OUT/checkpoint is what `solami talk` loads")
    clips: int = Field(6, ge=1, le=8, description="takes of every procedural caption that the motion tokenizer learns")
    takes: int = Field(2, ge=1, description="takes of every procedural caption that the LLM learns")
    text_tokens: int = Field(2048, ge=256)
    agent_lines: int = Field(300, ge=1, description="lines in the agent's voice that the speech tokenizer learns")
    user_lines: int = Field(150, ge=1, description="the same in many voices")
    spoken: SpokenPart = SpokenPart()
    align_rows: RowsPart
    instruct_rows: RowsPart
    motion: dict[str, Any] = Field(description="see `training.motion_tokenizer.MotionTrainConfig`")
    speech: dict[str, Any] = Field(description="see `training.speech_tokenizer.SpeechTrainingConfig`")
    align: dict[str, Any] = Field(description="see `training.lm_config.LmTrainingConfig`")
    instruct: dict[str, Any] = Field(description="the same; goes on from align")
    voices: str = Field("voices", description="a file, or a name in configs/train/")
    threads: int = Field(2, ge=1)
    workers: int = Field(2, ge=1)


def train_all(config: TrainAllConfig) -> dict[str, Any]:
    """Run the stages that are not done; returns the checkpoint and every stage's minutes."""
    stages: dict[str, Callable[[TrainAllConfig], object]] = {
        "pack": _pack,
        "text": _text,
        "motion": _motion,
        "labelled": _labelled,
        "speech": _speech,
        "voices": _voices,
        "data": _data,
        "align": lambda c: _llm(c, "align", None),
        "instruct": lambda c: _llm(c, "instruct", c.out / "align"),
    }
    config.out.mkdir(parents=True, exist_ok=True)
    file = config.out / DONE
    done: dict[str, float] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    for name, stage in stages.items():
        if name in done:
            logger.info("%s: done before", name)
            continue
        begun = time.monotonic()
        stage(config)
        done[name] = round((time.monotonic() - begun) / 60, 2)
        file.write_text(json.dumps(done), encoding="utf-8")
        logger.info("%s: %.2f minutes", name, done[name])
    return {"checkpoint": str(config.out / CHECKPOINT), "minutes": round(sum(done.values()), 2), "stages": done}


def _pack(config: TrainAllConfig) -> None:
    """Takes of every procedural caption in the form of a data pack."""
    from solami.datasets.pack_writer import MotionRow, PackWriter
    from solami.datasets.procedural_clips import procedural_clips

    writer = PackWriter(config.out / "pack")
    for clip in procedural_clips(config.clips):
        if not writer.has("motion", clip.id):
            row = MotionRow(clip.id, "made", clip.caption, clip.split, "procedural", clip.licence, True, clip.action)
            writer.add_motion(row, clip.read())


def _text(config: TrainAllConfig) -> None:
    from solami.llm.vocabulary import TOKENIZER_FILE
    from solami.training.text_tokenizer import script_texts, train_text_tokenizer

    folder = config.out / "text"
    folder.mkdir(exist_ok=True)
    train_text_tokenizer(script_texts(), config.text_tokens).save(str(folder / TOKENIZER_FILE))


def _motion(config: TrainAllConfig) -> None:
    import torch

    from solami.training.motion_tokenizer import MotionTrainConfig, train_motion_tokenizer

    torch.set_num_threads(config.threads)
    folders = {"data": config.out / "pack" / "motion", "out": config.out / CHECKPOINT}
    train_motion_tokenizer(MotionTrainConfig.model_validate({**config.motion, **folders}))


def _labelled(config: TrainAllConfig) -> None:
    from solami.datasets.labelled import LabelledConfig, build_labelled

    lines = {"agent_lines": config.agent_lines, "user_lines": config.user_lines, "retold_lines": 0}
    build_labelled(LabelledConfig(out=config.out / "labelled", **lines))


def _speech(config: TrainAllConfig) -> None:
    from solami.commands.speech import SpeechRunConfig, train_speech

    folders = {"synthetic": config.out / "labelled", "cache": config.out / "clips", "out": config.out / CHECKPOINT}
    settings = {"human_share": 0.0, "threads": config.threads, "training": config.speech}
    train_speech(SpeechRunConfig.model_validate({**settings, **folders}))


def _voices(config: TrainAllConfig) -> None:
    from solami.commands.voices import train_voices

    train_voices(config.voices, str(config.out / CHECKPOINT), None)


def _data(config: TrainAllConfig) -> None:
    from solami.commands.data import build_data

    build_data(data_config(config))


def data_config(config: TrainAllConfig) -> DataConfig:
    """The data of a run: its own tokenizers, scripts, procedural motion."""
    out = config.out
    parts = (("align", config.align_rows), ("instruct", config.instruct_rows))
    return DataConfig(
        speech=out / CHECKPOINT,
        motion=out / CHECKPOINT,
        text=out / "text",
        uses_pack=False,
        lines=out / "lines",
        codes=out / "codes",
        spoken=config.spoken,
        rows=tuple(part.model_copy(update={"out": out / "rows" / name}) for name, part in parts),
        takes=config.takes,
        workers=config.workers,
    )


def _llm(config: TrainAllConfig, stage: str, start: Path | None) -> None:
    """One stage of the LLM; a run that was stopped goes on from its last checkpoint."""
    from solami.commands.data import load_vocabulary
    from solami.commands.train import reply_files
    from solami.training.lm_config import LmTrainingConfig
    from solami.training.lm_trainer import train_lm

    is_last = stage == "instruct"
    out = config.out / CHECKPOINT / "llm" if is_last else config.out / stage
    values = {**getattr(config, stage), "rows": [config.out / "rows" / stage], "out": out, "start": start}
    settings = LmTrainingConfig.model_validate({"threads": config.threads, **values})
    data = data_config(config)
    render = reply_files(data).write if settings.samples else None
    train_lm(settings, load_vocabulary(data), resume=True, render=render)
