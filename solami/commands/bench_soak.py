"""`solami bench soak`: an hour's conversation in minutes, and whether the server's memory stays where it was."""

from __future__ import annotations

from typing import Annotated

import typer

from solami.commands.options import Json, ServerOverrides, StartedConfigName
from solami.commands.report import show

TURN_S = 8.0
MAX_GROWTH = 0.05


def bench_soak(
    turns: Annotated[int, typer.Option(min=2, help="Turns of the one session.")] = 450,
    pace: Annotated[float, typer.Option(min=0, help="Input speed: 8 is eight times life, 0 all at once.")] = 8.0,
    config: StartedConfigName = "default",
    overrides: ServerOverrides = None,
    as_json: Json = False,
) -> None:
    """Talk on and on; exit status 1 when memory grew by more than 5 %, or a turn got no whole reply."""
    import asyncio

    from solami.commands.bench import seconds_of_input
    from solami.commands.server_process import server_process
    from solami.config import load_serve_config
    from solami.evaluation.latency import hardware
    from solami.evaluation.soak import soak

    load_serve_config(config, overrides or [])  # wrong usage is known before a process is started
    machine, user = hardware(), seconds_of_input(TURN_S)
    with server_process(config, overrides or []) as server:
        report = asyncio.run(soak(server.url, user, turns, pace, server.resident_bytes)) | {"hardware": machine}
    show(report, as_json)
    if report["memory_growth"] > MAX_GROWTH or report["completed"] < turns:
        raise typer.Exit(1)
