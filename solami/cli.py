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
from typing import Annotated, Any

import typer

from solami.errors import ConfigError, InputError, SolamiError

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="solami",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="Override a key, as in server.port=9000.")]


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


def show(report: Mapping[str, Any], as_json: bool = False) -> None:
    """Print a report: one JSON object, or one line a value."""
    if as_json:
        print(json.dumps(report))
        return
    for name, value in report.items():
        shown = json.dumps(value) if isinstance(value, (dict, list)) else value
        print(f"{name}: {shown}")


@app.callback()
def root() -> None:
    """Talk to 3D characters with voice and body: serve, talk, train, measure."""


@app.command()
def check(
    config: Annotated[str, typer.Argument(help="A file, or a name in configs/serve/.")] = "default",
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Check a server configuration and print what holds."""
    from solami.commands.check import check_serve

    show(check_serve(config, overrides or []), as_json)
