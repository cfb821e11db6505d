"""`solami bench engine`: how fast the engine of a configuration steps and prefills on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from solami.commands.options import Json, ServerConfigName, ServerOverrides
from solami.commands.report import show

if TYPE_CHECKING:
    from solami.config import ServeConfig

PREFILLS = (16, 128)  # a beat of the user, and a persona's text


def bench_engine(
    config: ServerConfigName = "default",
    batches: Annotated[str, typer.Option(help="How many slots share a step, row by row.")] = "1,2,4,8",
    held: Annotated[int, typer.Option(min=1, help="Ids that each slot holds.")] = 400,
    steps: Annotated[int, typer.Option(min=1, help="Steps that are timed in each row.")] = 100,
    overrides: ServerOverrides = None,
    as_json: Json = False,
) -> None:
    """Time steps by the number of slots that share them, prefills, dropping old ids, and one step against memory."""
    from solami.config import load_serve_config
    from solami.errors import InputError

    if not all(part.strip().isdigit() and int(part) > 0 for part in batches.split(",")):
        raise InputError(f"--batches: got {batches!r}, expected numbers of slots as in 1,2,4")
    counts = [int(part) for part in batches.split(",")]
    settings = load_serve_config(config, [*(overrides or []), f"server.max_sessions={max(counts)}"])
    report = run_engine(settings, counts, held, steps)
    for name in () if as_json else ("step", "prefill", "forget"):
        for row in report.pop(name):
            typer.echo(f"{name}: " + " ".join(f"{key} {value}" for key, value in row.items()))
    show(report, as_json)


def run_engine(settings: ServeConfig, batches: list[int], held: int, steps: int) -> dict[str, Any]:
    """The report of `bench engine`; `memory` for the local engine: the least time that reading its weights takes."""
    from solami.build import build_models
    from solami.errors import InputError
    from solami.evaluation.engine_speed import forget_speed, memory_floor, prefill_speed, step_speed
    from solami.evaluation.latency import hardware
    from solami.llm.local_engine import LocalEngine

    before = hardware()
    models = build_models(settings)
    engine, ids = models.engine, models.vocabulary.span("speech")
    longest, room = held + max(steps + 3, *PREFILLS), engine.context_tokens
    if longest > room:
        raise InputError(
            f"--held {held}: with what is written behind it that makes {longest} ids, the context has {room}"
        )
    times = max(3, steps // 10)
    report = {
        "engine": settings.engine.model_dump(),
        "checkpoint": str(settings.checkpoint),
        "step": [step_speed(engine, count, held, ids, steps) for count in batches],
        "prefill": [prefill_speed(engine, count, held, ids, times) for count in PREFILLS],
        "forget": [forget_speed(engine, PREFILLS[-1], held, ids, times)],
        "hardware": before,
    }
    if isinstance(engine, LocalEngine):
        floor = memory_floor(engine.step_bytes(held, (ids,)), engine.device)
        alone = step_speed(engine, 1, held, ids, steps)
        report["memory"] = floor | {"share_of_floor_speed": round(floor["floor_ms"] / alone["ms_p50"], 3)}
    return report
