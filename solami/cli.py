"""The `solami` command: arguments in, one call into `solami.commands`, results on standard output.

Nothing heavy is imported before a command runs. Logs and progress go to standard error. Exit status: 0 done, 1 a
check or run failed, 2 wrong usage, input or configuration.
"""

from __future__ import annotations

import logging
import os
import sys

import typer

from solami.commands import (
    bench,
    check,
    data_group,
    demo,
    eval,
    motion,
    motion_show,
    persona,
    serve,
    talk,
    tokenizers,
    train_group,
)
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


motion.app.command("show")(motion_show.show)
motion.app.command("mannequin")(motion_show.mannequin)

for command in (serve.serve, talk.talk, demo.demo, check.check):
    app.command()(command)

for group, name in (
    (persona.app, "persona"),
    (tokenizers.app, "tokenizers"),
    (motion.app, "motion"),
    (data_group.app, "data"),
    (train_group.app, "train"),
    (eval.app, "eval"),
    (bench.app, "bench"),
):
    app.add_typer(group, name=name)
