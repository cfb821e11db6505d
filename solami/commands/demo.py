"""`solami demo`: one whole turn over a real socket with nothing but what the package brings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solami.commands.options import StartedConfigName

if TYPE_CHECKING:
    from solami.client.client import UserInput
    from solami.frames import AudioChunk

DEMO_LINE = "Can you wave with your right hand?"
_VOICE, _WORDS_A_MINUTE = "en-us+linda", 125  # no persona speaks like that, and an ear understands it


def demo(
    audio: Annotated[Path | None, typer.Option(help="What the user says: WAV, FLAC or OGG.")] = None,
    motion: Annotated[Path | None, typer.Option(help="How the user moves: npz, BVH, GLB or VRMA.")] = None,
    text: Annotated[str | None, typer.Option(help="What the user says, typed.")] = None,
    persona: Annotated[str | None, typer.Option(help="The character.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same input and seed give the same reply.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for what comes back.")] = Path("out/demo"),
    config: StartedConfigName = "default",
) -> None:
    """Start a server, talk to a character, keep the reply; without input a synthesised user greets and waves."""
    from rich.console import Console

    from solami.commands.conversing import Call, converse, read_user_input, show_turn

    has_input = any(value is not None for value in (audio, motion, text))
    user = read_user_input(text, audio, motion) if has_input else _demo_user()
    report, paths = converse(user, Call(persona, seed, out, config=config))
    show_turn(report, paths, Console())


def demo_speech() -> AudioChunk:
    """The demo's line, aloud."""
    from solami.datasets.tts import EspeakSynthesizer

    return EspeakSynthesizer(_VOICE, words_a_minute=_WORDS_A_MINUTE).speak(DEMO_LINE).audio


def _demo_user() -> UserInput:
    """A voice from the synthesiser and a wave from a formula."""
    from solami.body.procedural import wave
    from solami.client.client import UserInput

    audio = demo_speech()
    return UserInput(audio, wave(max(2.0, 0.1 + len(audio.samples) / audio.sample_rate)))
