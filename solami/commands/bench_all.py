"""`solami bench all`: every speed of one configuration in one report; the one command to run on a new machine."""

from __future__ import annotations

from typing import Annotated

import typer

from solami.commands.options import Json, ServerConfigName, ServerOverrides


def bench_all(
    config: ServerConfigName = "default",
    sessions: Annotated[str, typer.Option(help="How many at once, row by row.")] = "1,2,4,8",
    turns: Annotated[int, typer.Option(min=2, help="Turns that are timed, and of every session under load.")] = 10,
    long_turns: Annotated[int, typer.Option(min=20, help="Turns of the one long conversation.")] = 100,
    overrides: ServerOverrides = None,
    as_json: Json = False,
) -> None:
    """Measure the engine, the latency of one session, and many sessions at once, one after the other."""
    import json
    import logging

    from solami.commands.bench import run_latency
    from solami.commands.bench_engine import run_engine
    from solami.commands.bench_load import USER_S, counts_of, measure_click_flip, run_load, server_at
    from solami.config import load_serve_config
    from solami.evaluation.load import LoadPlan

    logger = logging.getLogger(__name__)
    counts = counts_of(sessions)
    given = [*(overrides or []), "server.host=127.0.0.1", f"server.max_sessions={max(counts)}"]
    settings = load_serve_config(config, given)
    report = {"config": config, "engine": run_engine(settings, counts, held=400, steps=100)}
    logger.info("bench engine is done")
    report["latency"] = run_latency(settings, turns, long_turns)
    logger.info("bench latency is done")
    with server_at(None, config, given) as url:
        report["load"] = run_load(url, counts, LoadPlan(turns), USER_S)
    report["click_flip"] = measure_click_flip(LoadPlan().buffer_s)
    typer.echo(json.dumps(report) if as_json else json.dumps(report, indent=2))
