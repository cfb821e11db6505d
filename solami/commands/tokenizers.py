"""`solami tokenizers`: send a file through a tokenizer and back, or decode kept codes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solami.commands.options import Json
from solami.commands.report import show

if TYPE_CHECKING:
    from solami.frames import FloatArray
    from solami.tokenizers.base import SpeechTokenizer, Voice
    from solami.tokenizers.speech import NeuralSpeechTokenizer

app = typer.Typer(help="Signal to codes and back.", no_args_is_help=True)
roundtrip = typer.Typer(help="Encode and decode a file, and measure what is lost.", no_args_is_help=True)
decode = typer.Typer(help="Decode codes kept by `roundtrip --codes`; the very same output.", no_args_is_help=True)
app.add_typer(roundtrip, name="roundtrip")
app.add_typer(decode, name="decode")

Checkpoint = Annotated[str, typer.Option(help="A packaged checkpoint's name, or a checkpoint folder.")]
Source = Annotated[Path, typer.Argument(metavar="IN")]
Target = Annotated[Path, typer.Argument(metavar="OUT")]
KeepCodes = Annotated[Path | None, typer.Option("--codes", help="Keep the codes in this .npz.")]
CodesFile = Annotated[Path, typer.Argument(metavar="CODES", help="An .npz written by `roundtrip --codes`.")]
CodecFolder = Annotated[
    Path | None, typer.Option(help="A codec of transformers (EnCodec, Mimi, DAC) in this folder, not the checkpoint's.")
]
VoiceFile = Annotated[Path | None, typer.Option("--voice", help="Reference recording of the voice to decode in.")]


@app.command("export-onnx")
def export_onnx(target: Target, checkpoint: Checkpoint = "default") -> None:
    """Write the motion decoder for clients that decode codes themselves; parity with ours is 1e-4."""
    from solami.config import checkpoint_folder
    from solami.tokenizers.motion import VQMotionTokenizer
    from solami.tokenizers.motion_onnx import export_decoder

    target.write_bytes(export_decoder(VQMotionTokenizer.load(checkpoint_folder(checkpoint))))


@roundtrip.command("motion")
def roundtrip_motion(
    source: Source,
    target: Target,
    checkpoint: Checkpoint = "default",
    up: Annotated[str | None, typer.Option(help="Up axis of IN: Y or Z; default: what the file says.")] = None,
    trans: Annotated[str | None, typer.Option(help="What IN's trans is: pelvis or transl.")] = None,
    codes: KeepCodes = None,
    as_json: Json = False,
) -> None:
    """Motion in (npz, BVH, GLB or VRMA), decoded motion out."""
    from solami.commands import motion
    from solami.config import checkpoint_folder

    folder = checkpoint_folder(checkpoint)
    show(motion.roundtrip_motion(folder, source, target, up=up, trans=trans, codes=codes), as_json)


@roundtrip.command("speech")
def roundtrip_speech(
    source: Source,
    target: Target,
    checkpoint: Checkpoint = "default",
    text: Annotated[str | None, typer.Option(help="What is said; measures word error before and after.")] = None,
    voice: VoiceFile = None,
    codec: CodecFolder = None,
    codes: KeepCodes = None,
    as_json: Json = False,
) -> None:
    """Recording in, decoded speech out, as loud as it was; in its own voice, or in that of --voice.

    Codes are about words and do not hold the level: a gain goes with them.
    """
    from solami.audio.level import level_db, to_dbfs
    from solami.audio.wav import read_audio, write_wav
    from solami.commands.kept_speech import KeptSpeech
    from solami.frames import AudioChunk

    tokenizer = _speech(checkpoint) if codec is None else _codec(codec)
    audio = read_audio(source, tokenizer.sample_rate)
    spoken_by = tokenizer.voice_of(audio) if voice is None else _voice_in(voice, tokenizer)
    kept = KeptSpeech.of(tokenizer, audio.samples, spoken_by)
    decoded = kept.decoded(tokenizer)
    write_wav(target, AudioChunk(decoded, tokenizer.sample_rate))
    if codes is not None:
        kept.write(codes)
    report: dict[str, Any] = {
        "seconds": len(decoded) / tokenizer.sample_rate,
        "level_db": round(level_db(decoded), 2),
        "gain_db": round(to_dbfs(kept.gain), 2),
        "bits_per_s": tokenizer.spec.bits_per_s,
    }
    show(report | (_word_errors(text, audio.samples, decoded) if text is not None else {}), as_json)


@decode.command("motion")
def decode_motion(codes: CodesFile, target: Target, checkpoint: Checkpoint = "default") -> None:
    """Body and hand codes to motion."""
    from solami.commands import motion
    from solami.config import checkpoint_folder

    motion.decode_motion(checkpoint_folder(checkpoint), codes, target)


@decode.command("speech")
def decode_speech(
    codes: CodesFile, target: Target, checkpoint: Checkpoint = "default", voice: VoiceFile = None
) -> None:
    """Speech codes to a recording; in the voice kept with them, or in that of --voice."""
    from solami.audio.wav import write_wav
    from solami.commands.kept_speech import KeptSpeech
    from solami.frames import AudioChunk

    tokenizer = _speech(checkpoint)
    decoded = KeptSpeech.read(codes).decoded(tokenizer, None if voice is None else _voice_in(voice, tokenizer))
    write_wav(target, AudioChunk(decoded, tokenizer.sample_rate))


def _speech(checkpoint: str) -> NeuralSpeechTokenizer:
    from solami.config import checkpoint_folder
    from solami.tokenizers.speech import NeuralSpeechTokenizer

    return NeuralSpeechTokenizer.load(checkpoint_folder(checkpoint))


def _voice_in(recording: Path, tokenizer: SpeechTokenizer) -> Voice:
    """The voice of a reference recording."""
    from solami.audio.wav import read_audio

    return tokenizer.embed_voice("reference", read_audio(recording, tokenizer.sample_rate))


def _word_errors(text: str, before: FloatArray, after: FloatArray) -> dict[str, float]:
    """How much of the words a recogniser gets wrong of a recording and of what was decoded."""
    from solami.evaluation.recognition import Recogniser, word_errors

    recogniser = Recogniser()
    said = {"wer_before": before, "wer_after": after}
    return {name: word_errors(text, recogniser.words(samples)).rate for name, samples in said.items()}


def _codec(folder: Path) -> SpeechTokenizer:
    from solami.tokenizers.codec_adapters import CodecTokenizer

    return CodecTokenizer.load(folder)
