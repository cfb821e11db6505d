"""The `solami` command: arguments in, one call into `solami.commands`, results on standard output.

Nothing heavy is imported before a command runs. Logs and progress go to standard error. Exit status: 0 done, 1 a
check or run failed, 2 wrong usage, input or configuration.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from solami.commands import (
    bench,
    check,
    demo,
    eval,
    idle,
    motion,
    motion_show,
    persona,
    serve,
    talk,
    three_points,
    tokenizers,
    turn_ends,
    voices,
)
from solami.commands.data import BuildStage
from solami.errors import ConfigError, InputError, SolamiError

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="solami",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; every error is one sentence on standard error."""
    logging.basicConfig(
        stream=sys.stderr,
        level=os.environ.get("SOLAMI_LOG", "INFO").upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        app()
    except (ConfigError, InputError) as error:
        _fail(str(error), 2)
    except (SolamiError, OSError) as error:
        _fail(str(error), 1)
    except Exception as error:
        logger.debug("unexpected error", exc_info=error)
        _fail(f"unexpected {type(error).__name__}: {error}; SOLAMI_LOG=DEBUG shows where, please report it", 1)


def _fail(message: str, status: int) -> None:
    print("error: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(status)


@app.callback()
def root() -> None:
    """Talk to 3D characters with voice and body: serve, talk, train, measure."""


Overrides = Annotated[list[str] | None, typer.Option("--set", help="Override a key, as in training.seed=1.")]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint.")]


def config_option(folder: str) -> Any:
    """The --config option of a command whose configurations lie in configs/<folder>/."""
    return typer.Option("--config", help=f"A file, or a name in configs/{folder}/.")


DataConfigName = Annotated[str, config_option("data")]
TrainConfigName = Annotated[str, config_option("train")]

data_app = typer.Typer(help="Training data: build it, look at it.", no_args_is_help=True)
train_app = typer.Typer(help="Train the tokenizers and the LLM.", no_args_is_help=True)


@data_app.command("build")
def data_build(
    config: DataConfigName = "default",
    stage: Annotated[
        BuildStage,
        typer.Option(
            help="labelled: for the speech tokenizer, alone; speech, codes, rows: for the LLM; all: those three; "
            "talks: the data set in Parquet, with a datasheet."
        ),
    ] = "all",
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Synthesise lines, encode them and pack rows; each stage goes on where it stopped."""
    from solami.commands.data import DataConfig, build_data
    from solami.config import find_config, load_config

    show(build_data(load_config(DataConfig, find_config("data", config), overrides or ()), stage), as_json)


@data_app.command("inspect")
def data_inspect(
    rows: Annotated[Path, typer.Argument(help="A folder of packed rows, or of talks.")],
    config: DataConfigName = "default",
    row: Annotated[int, typer.Option(min=0, help="The row to write out.")] = 0,
    as_json: Json = False,
) -> None:
    """Numbers of a folder of rows or talks, and one of them in words."""
    from solami.commands.data import DataConfig
    from solami.commands.data_inspect import inspect_data
    from solami.config import find_config, load_config

    show(inspect_data(load_config(DataConfig, find_config("data", config)), rows, row), as_json)


@data_app.command("write")
def data_write(
    config: Annotated[str, config_option("writing")] = "default", overrides: Overrides = None, as_json: Json = False
) -> None:
    """New scripts from an OpenAI-compatible chat endpoint, checked and counted; answers are cached."""
    from solami.commands.script_writing import WritingConfig, write_new_scripts
    from solami.config import find_config, load_config

    show(write_new_scripts(load_config(WritingConfig, find_config("writing", config), overrides or ())), as_json)


@data_app.command("import")
def data_import(
    kind: Annotated[str, typer.Argument(help="amass, humanml3d, interx, bvh, librispeech or common-voice.")],
    folder: Annotated[Path, typer.Argument(help="The data set's folder.")],
    out: Annotated[Path, typer.Argument(help="The data pack to write, for SOLAMI_DATA.")],
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many clips.")] = None,
    as_json: Json = False,
) -> None:
    """Bring a data set of motion or speech into the form of a data pack; goes on where it stopped."""
    from typing import cast

    from solami.commands.data_import import Kind, import_data

    show(import_data(cast(Kind, kind), folder, out, limit), as_json)


@train_app.command("text-tokenizer")
def train_text_tokenizer(
    config: TrainConfigName = "text_tokenizer", overrides: Overrides = None, as_json: Json = False
) -> None:
    """Byte-level BPE from scripts, dialogues and captions."""
    from solami.commands.text_tokenizer import TextTokenizerRunConfig, train_text_tokenizer_command
    from solami.config import find_config, load_config

    settings = load_config(TextTokenizerRunConfig, find_config("train", config), overrides or ())
    show(train_text_tokenizer_command(settings), as_json)


@train_app.command("motion-tokenizer")
def train_motion_tokenizer(
    config: TrainConfigName = "motion", overrides: Overrides = None, as_json: Json = False
) -> None:
    """Stage 1: body and hand codebooks from a motion pack."""
    from solami.commands.motion import train_motion
    from solami.config import find_config, load_config
    from solami.training.motion_tokenizer import MotionTrainConfig

    show(train_motion(load_config(MotionTrainConfig, find_config("train", config), overrides or ())), as_json)


@train_app.command("speech-tokenizer")
def train_speech_tokenizer(config: TrainConfigName = "speech", overrides: Overrides = None) -> None:
    """Stage 1: speech codes and the voice-conditioned decoder."""
    from solami.commands.speech import SpeechRunConfig, train_speech
    from solami.config import find_config, load_config

    train_speech(load_config(SpeechRunConfig, find_config("train", config), overrides or ()))


train_app.command("voices")(voices.train_voices)
train_app.command("three-points")(three_points.train_three_points)
train_app.command("idle")(idle.train_idle)
train_app.command("turn-ends")(turn_ends.train_turn_ends)
motion.app.command("show")(motion_show.show)
motion.app.command("mannequin")(motion_show.mannequin)


@train_app.command("align")
def train_align(
    config: TrainConfigName = "align", overrides: Overrides = None, resume: Resume = False, as_json: Json = False
) -> None:
    """Stage 2: speech, motion and text tasks."""
    _train_lm("align", config, overrides, resume, as_json)


@train_app.command("instruct")
def train_instruct(
    config: TrainConfigName = "instruct", overrides: Overrides = None, resume: Resume = False, as_json: Json = False
) -> None:
    """Stage 3: conversations in persona, loss on the character's side."""
    _train_lm("instruct", config, overrides, resume, as_json)


@train_app.command("all")
def train_all(config: TrainConfigName = "toy", overrides: Overrides = None, as_json: Json = False) -> None:
    """Every stage from nothing to a talking model; a stopped run goes on where it was."""
    from solami.commands.train_all import TrainAllConfig
    from solami.commands.train_all import train_all as run
    from solami.config import find_config, load_config

    show(run(load_config(TrainAllConfig, find_config("train", config), overrides or ())), as_json)


@train_app.command("persona")
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


def show(report: Mapping[str, Any], as_json: bool) -> None:
    """Print a report: one JSON object, or one line a value."""
    if as_json:
        print(json.dumps(report))
        return
    for name, value in report.items():
        print(f"{name}: {json.dumps(value) if isinstance(value, (dict, list)) else value}")


for command in (serve.serve, talk.talk, demo.demo, check.check):
    app.command()(command)

for group, name in (
    (persona.app, "persona"),
    (tokenizers.app, "tokenizers"),
    (motion.app, "motion"),
    (data_app, "data"),
    (train_app, "train"),
    (eval.app, "eval"),
    (bench.app, "bench"),
):
    app.add_typer(group, name=name)
