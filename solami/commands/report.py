"""A command's result on standard output. Logs and progress go to standard error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import typer


def show(report: Mapping[str, Any], as_json: bool) -> None:
    """Print a report: one JSON object, or one line a value."""
    if as_json:
        typer.echo(json.dumps(report))
        return
    for name, value in report.items():
        typer.echo(f"{name}: {json.dumps(value) if isinstance(value, (dict, list)) else value}")
