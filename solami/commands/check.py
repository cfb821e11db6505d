"""`solami check`: read a server configuration as `solami serve` would, and show what holds."""

from __future__ import annotations

from typing import Annotated

import typer

from solami.commands.options import Json, ServerOverrides


def check(
    config: Annotated[str, typer.Argument(help="A file, or a name in configs/serve/.")] = "default",
    overrides: ServerOverrides = None,
    as_json: Json = False,
) -> None:
    """Check a server configuration and print what holds; secrets stay hidden."""
    import json

    import yaml

    from solami.config import load_serve_config

    resolved = load_serve_config(config, overrides or []).model_dump(mode="json")
    typer.echo(json.dumps(resolved) if as_json else yaml.safe_dump(resolved, sort_keys=False).rstrip())
