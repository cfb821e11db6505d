"""`solami talk`: one turn with a character from the terminal; what comes back lies in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solami.commands.options import Json, ServerOverrides, StartedConfigName


def talk(
    text: Annotated[str | None, typer.Option(help="What the user says, typed.")] = None,
    audio: Annotated[Path | None, typer.Option(help="What the user says: WAV, FLAC or OGG.")] = None,
    motion: Annotated[Path | None, typer.Option(help="How the user moves: npz, BVH, GLB or VRMA.")] = None,
    persona: Annotated[str | None, typer.Option(help="The character; see `solami persona list`.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same input and seed give the same reply.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for what comes back.")] = Path("out/talk"),
    url: Annotated[str | None, typer.Option(help="A running server, ws://...; without it one is started here.")] = None,
    api_key: Annotated[str | None, typer.Option(envvar="SOLAMI_API_KEY", help="The server's key.")] = None,
    config: StartedConfigName = "default",
    overrides: ServerOverrides = None,
    pace: Annotated[float, typer.Option(min=0, help="Input speed: 1 is real time, 0 all at once.")] = 1.0,
    as_json: Json = False,
) -> None:
    """Say or show something to a character and keep its reply as files."""
    import json

    from rich.console import Console

    from solami.commands.conversing import Call, converse, read_user_input, show_turn

    user = read_user_input(text, audio, motion)
    call = Call(persona, seed, out, url, config, tuple(overrides or ()), api_key, pace)
    report, paths = converse(user, call)
    show_turn(report, paths, Console(stderr=as_json))
    if as_json:
        typer.echo(json.dumps(report))
