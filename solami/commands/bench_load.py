"""`solami bench load`: many real-time clients at once against a server process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solami.commands.options import Json, ServerOverrides, StartedConfigName
from solami.commands.report import show

if TYPE_CHECKING:
    from solami.evaluation.load import LoadPlan

USER_S = 4.0
_DRAIN_S = 1.0  # between rows, so that the server has freed the sessions before


def bench_load(
    sessions: Annotated[str, typer.Option(help="How many at once, row by row.")] = "1,2,4,8",
    turns: Annotated[int, typer.Option(min=1, help="Turns of every session.")] = 5,
    config: StartedConfigName = "default",
    url: Annotated[str | None, typer.Option(help="A running server, ws://...; without it one is started.")] = None,
    api_key: Annotated[str | None, typer.Option(envvar="SOLAMI_API_KEY", help="The server's key.")] = None,
    user_s: Annotated[float, typer.Option(min=0.2, help="Length of each user's turn in seconds.")] = USER_S,
    overlap: Annotated[
        float, typer.Option(min=0, max=1, help="Share of a user's turn that falls on the end of the reply before.")
    ] = 0.5,
    buffer_ms: Annotated[float, typer.Option(min=0, help="Sound that a client keeps before it plays.")] = 100.0,
    click_flip: Annotated[bool, typer.Option(help="Measure clicks against flips on the test stream, too.")] = True,
    overrides: ServerOverrides = None,
    as_json: Json = False,
) -> None:
    """Let real-time clients talk to one server all at once, and count what they missed."""
    from solami.evaluation.load import LoadPlan

    counts = counts_of(sessions)
    plan = LoadPlan(turns, overlap, buffer_ms / 1000, api_key)
    with server_at(url, config, overrides or []) as address:
        report = run_load(address, counts, plan, user_s)
    if click_flip:
        report["click_flip"] = measure_click_flip(buffer_ms / 1000)
    for row in [] if as_json else report.pop("rows"):
        typer.echo(" ".join(f"{name} {value}" for name, value in row.items()))
    show(report, as_json)


def run_load(url: str, counts: list[int], plan: LoadPlan, user_s: float) -> dict[str, Any]:
    """The report of `bench load`: one row for each number of sessions."""
    import asyncio
    import logging
    import time

    from solami.commands.bench import seconds_of_input
    from solami.evaluation.latency import hardware
    from solami.evaluation.load import have_sessions
    from solami.evaluation.load_rows import row_of

    user, rows = seconds_of_input(user_s), []
    machine = hardware()  # before we load it
    for count in counts:
        tally = asyncio.run(have_sessions(url, [user] * count, plan, user_s))
        rows.append(row_of(count, tally))
        logging.getLogger(__name__).info("bench load: %s", rows[-1])
        time.sleep(_DRAIN_S)
    return {"hardware": machine, "rows": rows}


def measure_click_flip(buffer_s: float) -> dict[str, Any]:
    """Clicks against flips with the Python client's player on the test stream, in a server process of its own."""
    import asyncio

    from solami.commands.server_process import server_process
    from solami.evaluation.latency import percentile
    from solami.evaluation.skew import click_flip_skews_ms

    with server_process("click-flip") as server:
        skews = asyncio.run(click_flip_skews_ms(server.url, buffer_s))
    sizes = [abs(skew) for skew in skews]
    return {"clicks": len(skews), "skew_ms_p50": percentile(sizes, 50), "skew_ms_p95": percentile(sizes, 95)}


@contextlib.contextmanager
def server_at(url: str | None, config: str, overrides: list[str]) -> Iterator[str]:
    """The address of a server: the given one, or one in a process of its own while the context lasts."""
    if url is not None:
        yield url
        return
    from solami.commands.server_process import server_process
    from solami.config import load_serve_config

    load_serve_config(config, overrides)  # wrong usage is known before a process is started
    with server_process(config, overrides) as server:
        yield server.url


def counts_of(text: str) -> list[int]:
    """`1,2,4` as numbers. Raises ConfigError for anything else."""
    from solami.errors import ConfigError

    parts = text.split(",")
    if not all(part.strip().isdigit() and int(part) > 0 for part in parts):
        raise ConfigError(f"--sessions: got {text!r}, expected numbers from 1 such as 1,2,4,8")
    return [int(part) for part in parts]
