"""One turn with a server over a real socket, ours or another's: what `talk` and `demo` share."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from solami.client.client import UserInput, connect
from solami.client.recording import ReplyRecording, record_reply
from solami.client.report import report_of, write_reply
from solami.errors import ConfigError, InputError, ProtocolError

if TYPE_CHECKING:
    from solami.frames import MotionChunk
    from solami.stream_server.backend import Backend

INPUT_HZ = 16_000


@dataclass(frozen=True, slots=True)
class Call:
    """Who is called, and how."""

    persona: str | None
    seed: int
    out: Path
    url: str | None = None  # None: start a server in this process
    config: str = "default"
    overrides: tuple[str, ...] = ()
    api_key: str | None = None
    pace: float = 1.0


def read_user_input(text: str | None, audio: Path | None, motion: Path | None) -> UserInput:
    """What the user says and does. Raises InputError when a file cannot be used or nothing is given."""
    from solami.audio.wav import read_audio

    if text is not None and audio is not None:
        raise InputError("got both a text and an audio file; give the user's words once, as --text or --audio")
    if text is None and audio is None and motion is None:
        raise InputError("got no input; give --text, --audio or --motion")
    if text is not None and not text.strip():
        raise InputError("got an empty text; give some words")
    speech = read_audio(audio, INPUT_HZ) if audio else None
    return UserInput(speech, _user_motion(motion) if motion else None, text)


def _user_motion(path: Path) -> MotionChunk:
    """The user's body: whole, or made from headset and two controllers by the packaged model."""
    from solami.body.motion_files import read_any_motion
    from solami.body.tracker_files import is_tracker_file, read_trackers

    if not is_tracker_file(path):
        return read_any_motion(path).motion
    from solami.config import checkpoint_folder
    from solami.tokenizers.three_points import ThreePointModel

    return ThreePointModel.load(checkpoint_folder("default")).solve(read_trackers(path)).motion


def converse(user: UserInput, call: Call) -> tuple[dict[str, Any], list[Path]]:
    """Have one turn, write its files; returns the report and the paths."""
    with _server(call) as url:
        reply, session = asyncio.run(_turn(url, user, call))
    report = report_of(reply, session)
    return report, write_reply(reply, report, call.out)


def prepare(backend: Backend, persona: str) -> None:
    """Make sure that the persona exists (ConfigError), and let caches warm up before the first user."""
    from solami.pipeline.backend import PipelineBackend

    backend.open(persona, 0).close()
    if isinstance(backend, PipelineBackend):
        backend.warm_up(persona)


@contextlib.contextmanager
def _server(call: Call) -> Iterator[str]:
    """The address of a server: the given one, or ours on a free loopback port."""
    if call.url is not None:
        yield call.url
        return
    from solami.config import load_serve_config
    from solami.stream_server.app import create_app
    from solami.stream_server.serving import background_server

    settings = load_serve_config(call.config, [*call.overrides, "server.host=127.0.0.1"])

    from solami.build import build_backend  # torch comes after the configuration has held

    backend = build_backend(settings)
    prepare(backend, call.persona or settings.server.session.persona)
    with background_server(create_app(backend, settings.server), settings.server) as url:
        yield url


async def _turn(url: str, user: UserInput, call: Call) -> tuple[ReplyRecording, dict[str, Any]]:
    settings: dict[str, Any] = {
        "seed": call.seed,
        "media": "binary",
        "turn_detection": None,
        "input_audio_format": {"type": "pcm16", "rate": INPUT_HZ} if user.audio else None,
        "input_motion": {"fps": 30, "source": "full_body"} if user.motion else None,
    }
    if call.persona is not None:
        settings["persona"] = call.persona
    async with connect(url, call.api_key) as client:
        try:
            session = await client.update(**settings)
        except ProtocolError as error:
            raise ConfigError(f"{url}: {error}") from error  # an unknown persona, most likely: wrong usage
        await client.stream(user, call.pace)
        return await record_reply(client, await client.commit()), session


def show_turn(report: dict[str, Any], paths: list[Path], console: Console) -> None:
    """The latency table, what was said, and where the files are."""
    table = Table(title=f"{report['persona']} ({report['model']})")
    for name, justify in (("stage", "left"), ("planned ms", "right"), ("spent ms", "right")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for row in report["budget"]:
        table.add_row(row["stage"], f"{row['planned_ms']:.0f}", f"{row['spent_ms']:.1f}")
    table.add_section()
    for name in ("response_latency_ms", "first_motion_ms", "first_audio_ms"):
        table.add_row(name.removesuffix("_ms").replace("_", " "), "", _number(report[name]))
    console.print(table)
    length = f"{report['reply_seconds']} s, {report['motion_frames']} poses at {report['fps']:g} fps"
    console.print(f"reply: {length}, real-time factor {report['rtf']}")
    for name in ("heard", "saw", "said", "does"):
        console.print(f"{name}: {report[name]}", markup=False)
    for path in paths:
        console.print(str(path), markup=False, highlight=False, soft_wrap=True)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
