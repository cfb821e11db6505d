"""`solami data`: arguments in, one call into the module that does it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solami.commands.data import BuildStage
from solami.commands.options import Json, Overrides, config_option
from solami.commands.report import show

app = typer.Typer(help="Training data: build it, look at it.", no_args_is_help=True)
DataConfigName = Annotated[str, config_option("data")]


@app.command("build")
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


@app.command("inspect")
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


@app.command("write")
def data_write(
    config: Annotated[str, config_option("writing")] = "default", overrides: Overrides = None, as_json: Json = False
) -> None:
    """New scripts from an OpenAI-compatible chat endpoint, checked and counted; answers are cached."""
    from solami.commands.script_writing import WritingConfig, write_new_scripts
    from solami.config import find_config, load_config

    show(write_new_scripts(load_config(WritingConfig, find_config("writing", config), overrides or ())), as_json)


@app.command("import")
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
