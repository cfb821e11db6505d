"""Options that several commands share, so that they are spelled and explained alike."""

from __future__ import annotations

from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint.")]
ServerConfigName = Annotated[str, typer.Option("--config", help="A server's configuration: a file, or a name.")]
StartedConfigName = Annotated[str, typer.Option("--config", help="Configuration of the server started here.")]
ServerOverrides = Annotated[
    list[str] | None, typer.Option("--set", help="Override a key, as in server.port=9000 or engine.threads=2.")
]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="Override a key, as in training.seed=1.")]


def config_option(folder: str) -> Any:
    """The --config option of a command whose configurations lie in configs/<folder>/."""
    return typer.Option("--config", help=f"A file, or a name in configs/{folder}/.")


TrainConfigName = Annotated[str, config_option("train")]
