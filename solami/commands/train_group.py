"""`solami train`: arguments in, one call into the module that does it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from solami.commands import idle, recode, three_points, turn_ends, voices
from solami.commands.options import Json, Overrides, Resume, TrainConfigName
from solami.commands.report import show

app = typer.Typer(help="Train the tokenizers and the LLM.", no_args_is_help=True)


@app.command("text-tokenizer")
def train_text_tokenizer(
    config: TrainConfigName = "text_tokenizer", overrides: Overrides = None, as_json: Json = False
) -> None:
    """Byte-level BPE from scripts, dialogues and captions."""
    from solami.commands.text_tokenizer import TextTokenizerRunConfig, train_text_tokenizer_command
    from solami.config import find_config, load_config

    settings = load_config(TextTokenizerRunConfig, find_config("train", config), overrides or ())
    show(train_text_tokenizer_command(settings), as_json)


@app.command("motion-tokenizer")
def train_motion_tokenizer(
    config: TrainConfigName = "motion", overrides: Overrides = None, as_json: Json = False
) -> None:
    """Stage 1: body and hand codebooks from a motion pack."""
    from solami.commands.motion import train_motion
    from solami.config import find_config, load_config
    from solami.training.motion_tokenizer import MotionTrainConfig

    show(train_motion(load_config(MotionTrainConfig, find_config("train", config), overrides or ())), as_json)


@app.command("speech-tokenizer")
def train_speech_tokenizer(config: TrainConfigName = "speech", overrides: Overrides = None) -> None:
    """Stage 1: speech codes and the voice-conditioned decoder."""
    from solami.commands.speech import SpeechRunConfig, train_speech
    from solami.config import find_config, load_config

    train_speech(load_config(SpeechRunConfig, find_config("train", config), overrides or ()))


app.command("voices")(voices.train_voices)
app.command("three-points")(three_points.train_three_points)
app.command("idle")(idle.train_idle)
app.command("recode")(recode.train_recode)
app.command("turn-ends")(turn_ends.train_turn_ends)


@app.command("align")
def train_align(
    config: TrainConfigName = "align", overrides: Overrides = None, resume: Resume = False, as_json: Json = False
) -> None:
    """Stage 2: speech, motion and text tasks."""
    _train_lm("align", config, overrides, resume, as_json)


@app.command("instruct")
def train_instruct(
    config: TrainConfigName = "instruct", overrides: Overrides = None, resume: Resume = False, as_json: Json = False
) -> None:
    """Stage 3: conversations in persona, loss on the character's side."""
    _train_lm("instruct", config, overrides, resume, as_json)


@app.command("mean")
def train_mean(
    folders: Annotated[list[Path], typer.Argument(help="LLMs, or speech tokenizers, that one run came through.")],
    out: Annotated[Path, typer.Option(help="Where the mean of their weights goes.")],
    part: Annotated[str, typer.Option(help="Of the weights whose names begin so; others are the first's.")] = "",
) -> None:
    """The mean of the weights of one LLM, or of one speech tokenizer, at several times of its training."""
    from solami.training.mean import write_llm_mean, write_speech_mean

    write = write_speech_mean if (folders[0] / "speech.json").is_file() else write_llm_mean
    write(folders, out, part)


@app.command("all")
def train_all(config: TrainConfigName = "toy", overrides: Overrides = None, as_json: Json = False) -> None:
    """Every stage from nothing to a talking model; a stopped run goes on where it was."""
    from solami.commands.train_all import TrainAllConfig
    from solami.commands.train_all import train_all as run
    from solami.config import find_config, load_config

    show(run(load_config(TrainAllConfig, find_config("train", config), overrides or ())), as_json)


@app.command("persona")
def train_persona(
    persona: Annotated[str, typer.Argument(help="A persona file, or the name of a character.")],
    config: TrainConfigName = "persona",
    overrides: Overrides = None,
    resume: Resume = False,
    as_json: Json = False,
) -> None:
    """A LoRA of the LLM on a character's own scripts."""
    from solami.commands.train_persona import PersonaRunConfig
    from solami.commands.train_persona import train_persona as run
    from solami.config import find_config, load_config

    settings = load_config(PersonaRunConfig, find_config("train", config), overrides or ())
    show(run(find_config("personas", persona), settings, resume=resume), as_json)


def _train_lm(
    stage: Literal["align", "instruct"], config: str, overrides: list[str] | None, resume: bool, as_json: bool
) -> None:
    from solami.commands.train import LmRunConfig, train_stage
    from solami.config import find_config, load_config

    settings = load_config(LmRunConfig, find_config("train", config), overrides or ())
    show(train_stage(stage, settings, resume=resume), as_json)
