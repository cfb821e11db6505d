"""`solami bench`: how soon and how fast a server answers on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from solami.commands import bench_all, bench_engine, bench_load, bench_soak, bench_voice
from solami.commands.options import Json, ServerConfigName, ServerOverrides
from solami.commands.report import show

if TYPE_CHECKING:
    from solami.client.client import UserInput
    from solami.config import ServeConfig
    from solami.stream_server.backend import Backend

app = typer.Typer(help="Measure speed on this machine.", no_args_is_help=True)
app.command("load")(bench_load.bench_load)
app.command("voice")(bench_voice.bench_voice)
app.command("all")(bench_all.bench_all)
app.command("soak")(bench_soak.bench_soak)
app.command("engine")(bench_engine.bench_engine)


@app.callback()
def _group() -> None:
    """Measure speed on this machine."""


@app.command("latency")
def bench_latency(
    config: ServerConfigName = "default",
    turns: Annotated[int, typer.Option(min=2, help="Replies that are timed.")] = 10,
    long_turns: Annotated[int, typer.Option(min=20, help="Turns of the one long conversation.")] = 100,
    pace: Annotated[float, typer.Option(min=0, help="Input speed: 1 is real time, 0 all at once.")] = 1.0,
    overrides: ServerOverrides = None,
    as_json: Json = False,
) -> None:
    """Time replies to four seconds of speech and movement, streamed at real-time pace over loopback."""
    from solami.config import load_serve_config

    settings = load_serve_config(config, [*(overrides or []), "server.host=127.0.0.1"])
    report = run_latency(settings, turns, long_turns, pace)
    show(report, as_json)


@app.command("tokenizers")
def bench_tokenizers(
    config: ServerConfigName = "default",
    as_json: Json = False,
) -> None:
    """Time the tokenizers on twelve seconds of speech and movement, on one core."""
    import json

    import torch

    from solami.config import checkpoint_folder, load_serve_config
    from solami.evaluation.latency import hardware
    from solami.evaluation.tokenizer_speed import motion_speed, speech_speed
    from solami.tokenizers.factory import build_tokenizers

    torch.set_num_threads(1)
    machine = hardware()
    settings, user = load_serve_config(config), seconds_of_input(12.0)
    speech, motion = build_tokenizers(settings.tokenizers, checkpoint_folder(settings.checkpoint))
    assert user.audio is not None and user.motion is not None
    report = {"speech": speech_speed(speech, user.audio), "motion": motion_speed(motion, user.motion)}
    if as_json:
        typer.echo(json.dumps(report | {"hardware": machine}))
        return
    for modality, rows in report.items():
        for name, row in rows.items():
            typer.echo(f"{modality} {name}: {' '.join(f'{k} {v}' for k, v in row.items())}")


def run_latency(settings: ServeConfig, turns: int, long_turns: int, pace: float = 1.0) -> dict[str, Any]:
    """The report of `bench latency`."""
    import asyncio

    from solami.build import build_backend
    from solami.evaluation import barge_in, latency
    from solami.stream_server.app import create_app
    from solami.stream_server.serving import background_server

    machine = latency.hardware()  # before we load it
    backend, user = build_backend(settings), seconds_of_input(4.0)
    persona = settings.server.session.persona
    with background_server(create_app(backend, settings.server), settings.server) as url:
        asyncio.run(latency.time_turns(url, user, 1, 0))  # the first reply warms caches and is not counted
        done = asyncio.run(latency.time_turns(url, user, turns, pace))
        barge_ins = asyncio.run(barge_in.time_barge_in(url, user, turns))
    return {
        "model": backend.model,
        "turns": turns,
        **latency.waits_of(done),
        "stages": latency.stages_of(done),
        "rtf": round(sum(row["rtf"] or 0.0 for row in done) / len(done), 3),
        **_streaming_against_whole(backend, persona, user),
        "turn100_vs_turn2": round(latency.late_turns_against_early(backend, persona, long_turns), 3),
        "long_turns": long_turns,
        **barge_in.barge_ins_of(barge_ins),
        "hardware": machine,
    }


def _streaming_against_whole(backend: Backend, persona: str, user: UserInput) -> dict[str, float]:
    """How much sooner the first sound comes than it would with whole replies."""
    from solami.evaluation.latency import streaming_against_whole

    streamed_s, whole_s = streaming_against_whole(backend, persona, user)
    return {
        "first_audio_ms_streamed": round(1000 * streamed_s, 1),
        "first_audio_ms_whole": round(1000 * whole_s, 1),
        "speedup_first_audio_vs_whole": round(whole_s / streamed_s, 1),
    }


def seconds_of_input(seconds: float) -> UserInput:
    """Synthesised speech at 16 kHz with a wave, so many seconds of both; the same in every run."""
    import numpy as np

    from solami.audio.resample import resample
    from solami.body.procedural import wave
    from solami.client.client import UserInput
    from solami.datasets.tts import EspeakSynthesizer
    from solami.frames import AudioChunk

    line = "Hello there. I am glad to see you again today. Can you wave to me with your right hand, please?"
    audio = EspeakSynthesizer("en-gb-scotland+m7").speak(line).audio
    samples = resample(audio.samples, audio.sample_rate, 16_000)
    return UserInput(AudioChunk(np.resize(samples, int(seconds * 16_000)).astype(np.float32), 16_000), wave(seconds))
