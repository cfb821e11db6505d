"""`solami bench voice`: from the end of a person's recorded speech to the sound of the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from solami.commands.options import Json, ServerOverrides, StartedConfigName
from solami.commands.report import show

if TYPE_CHECKING:
    from solami.datasets.speech import HumanLine

MAX_CLIP_S = 8.0


def bench_voice(
    data: Annotated[Path, typer.Option(envvar="SOLAMI_DATA", help="The data pack: its human test clips are said.")],
    clips: Annotated[int, typer.Option(min=1, help="How many clips.")] = 20,
    config: StartedConfigName = "default",
    url: Annotated[str | None, typer.Option(help="A running server, ws://...; without it one is started.")] = None,
    turn_detection: Annotated[
        Literal["semantic_vad", "server_vad"], typer.Option(help="How the server finds the end of the turn.")
    ] = "semantic_vad",
    overrides: ServerOverrides = None,
    as_json: Json = False,
) -> None:
    """Say human recordings to a server in real time; the server finds the end of each turn by itself."""
    from solami.commands.bench_load import server_at
    from solami.datasets.speech import load_human_lines

    lines = choose(load_human_lines(data), clips)
    with server_at(url, config, overrides or []) as address:
        report = run_voice(address, lines, turn_detection)
    show(report, as_json)


def choose(lines: list[HumanLine], count: int) -> list[HumanLine]:
    """Test clips of at most eight seconds, spread over the index and so over the speakers."""
    from solami.errors import InputError

    short = [line for line in lines if line.split == "test" and line.seconds <= MAX_CLIP_S]
    if len(short) < count:
        raise InputError(f"got {len(short)} human test clips of at most {MAX_CLIP_S:g} s, expected at least {count}")
    return [short[number * len(short) // count] for number in range(count)]


def run_voice(url: str, lines: list[HumanLine], turn_detection: str) -> dict[str, Any]:
    """The report of `bench voice`; clips are said one after the other."""
    import asyncio

    from solami.evaluation.latency import hardware, percentile
    from solami.evaluation.voices import speak

    machine = hardware()
    turns = [asyncio.run(speak(url, line.load(), {"type": turn_detection}, seed)) for seed, line in enumerate(lines)]
    waits = [turn.answered_ms for turn in turns if turn.answered_ms is not None]
    return {
        "turn_detection": turn_detection,
        "clips": len(turns),
        "voice_to_voice_ms_p50": percentile(waits, 50) if waits else None,
        "voice_to_voice_ms_p95": percentile(waits, 95) if waits else None,
        "answered": len(waits),
        "cut_in": sum(turn.cut_in for turn in turns),
        "unanswered": sum(turn.answered_ms is None and not turn.cut_in for turn in turns),
        "hardware": machine,
    }
