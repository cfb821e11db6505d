"""The `session` object in OpenAI's shapes: what their clients send becomes our settings, and ours are shown as theirs.

Two shapes exist: the general-availability one (`audio.input.format`, `audio.output.voice`) and the beta's flat one
(`voice`, `modalities`). What we take is translated, what cannot change a character (instructions, sampling) is
ignored and said so, and what would break a promise (tools, text without audio, telephone codecs) is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from solami.errors import ProtocolError

# Harmless to ignore: the persona, not the client, gives the character its words, voice and sampling.
IGNORED = frozenset({"include", "instructions", "max_output_tokens", "max_response_output_tokens", "model", "prompt"})
IGNORED |= {"parallel_tool_calls", "reasoning", "speed", "temperature", "tool_choice", "tracing", "truncation", "voice"}
IGNORED |= {"input_audio_noise_reduction", "input_audio_transcription", "audio.output.speed", "audio.output.voice"}
IGNORED |= {"audio.input.noise_reduction", "audio.input.transcription"}
_SERVER_VAD_ONLY = "idle_timeout_ms"


def translate(session: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Our settings' fields, not validated yet, and the names of what was ignored. Keys we do not know are kept.

    Raises:
        ProtocolError: `unsupported_setting`: the client relies on something this server does not do.
    """
    flat = _flatten(session)
    if flat.pop("type", "realtime") != "realtime":
        raise ProtocolError("unsupported_setting", "session.type: only realtime sessions exist here.")
    _refuse_tools(flat.pop("tools", None))
    for name in ("output_modalities", "modalities"):
        _need_audio(flat.pop(name, None))
    ignored = sorted(name for name in flat if name in IGNORED)
    fields = {name: value for name, value in flat.items() if name not in IGNORED}
    _move(fields, "audio.input.turn_detection", "turn_detection")
    _move(fields, "audio.input.format", "input_audio_format")
    _move(fields, "audio.output.format", "output_audio_format")
    if "input_audio_format" in fields:
        fields["input_audio_format"] = _format(fields["input_audio_format"], "input")
    if "output_audio_format" in fields:
        fields["output_audio_rate"] = _format(fields.pop("output_audio_format"), "output")["rate"]
    vad = fields.get("turn_detection")
    if isinstance(vad, dict):
        given = {name: value for name, value in vad.items() if value is not None}
        if given.get("type") == "semantic_vad" and given.pop(_SERVER_VAD_ONLY, None) is not None:
            ignored.append(f"turn_detection.{_SERVER_VAD_ONLY}")
        fields["turn_detection"] = given
    return fields, ignored


def _flatten(session: Mapping[str, Any]) -> dict[str, Any]:
    """`audio` taken apart: its leaves under dotted names beside the rest."""
    flat = {name: value for name, value in session.items() if name != "audio"}
    audio = session.get("audio")
    if audio is None:
        return flat
    if not isinstance(audio, dict):
        raise ProtocolError("invalid_event", "session.audio: an object with input and output.")
    for side, part in audio.items():
        if side not in ("input", "output") or not isinstance(part, dict | None):
            raise ProtocolError("invalid_event", "session.audio: an object with input and output.")
        flat |= {f"audio.{side}.{name}": value for name, value in (part or {}).items()}
    return flat


def _move(fields: dict[str, Any], name: str, to: str) -> None:
    if name in fields:
        fields[to] = fields.pop(name)


def _refuse_tools(tools: object) -> None:
    if tools:
        raise ProtocolError("unsupported_setting", "session.tools: characters call no tools; send none.")


def _need_audio(modalities: object) -> None:
    if modalities is not None and (not isinstance(modalities, list) or "audio" not in modalities):
        raise ProtocolError(
            "unsupported_setting", "session.output_modalities: replies are always spoken; ask for audio."
        )


def _format(value: Any, side: str) -> Any:
    """A PCM format in our shape: theirs is `pcm16` (beta) or `{"type": "audio/pcm", "rate": 24000}`."""
    if value == "pcm16":
        return {"type": "pcm16", "rate": 24000}
    if isinstance(value, dict) and value.get("type") == "audio/pcm":
        return {"type": "pcm16", "rate": value.get("rate") or 24000}
    if isinstance(value, dict) and value.get("type", "pcm16") == "pcm16":
        return {"rate": 24000, **value}
    if value is None and side == "input":
        return None
    raise ProtocolError("unsupported_setting", f"{side} audio is PCM16 at 16000 or 24000 Hz; got {str(value)[:60]}.")


def shown(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Our settings as the general-availability `session` object, beside our own names."""
    rate = settings["output_audio_rate"]
    given = settings["input_audio_format"]
    vad = settings["turn_detection"]
    detection = None if vad is None else {k: v for k, v in vad.items() if k != "min_interruption_ms"}
    heard = {"format": given and {"type": "audio/pcm", "rate": given["rate"]}, "turn_detection": detection}
    spoken = {"format": {"type": "audio/pcm", "rate": rate}, "voice": settings["persona"]}
    return {"type": "realtime", "output_modalities": ["audio"], "audio": {"input": heard, "output": spoken}}


_RESPONSE_KEYS = IGNORED | {"audio", "conversation", "input", "metadata", "modalities", "output_modalities", "tools"}


def check_response_params(params: Mapping[str, Any]) -> None:
    """What `response.create` may carry: nothing of it changes a reply.

    Raises:
        ProtocolError: `unsupported_setting` for what would have to; `invalid_event` for a key that does not exist.
    """
    for name in sorted(params.keys() - _RESPONSE_KEYS):
        raise ProtocolError("invalid_event", f"response.{name[:64]}: no such parameter.")
    _refuse_tools(params.get("tools"))
    _need_audio(params.get("output_modalities"))
    _need_audio(params.get("modalities"))
    if params.get("input") or params.get("conversation") not in (None, "auto"):
        raise ProtocolError("unsupported_setting", "response: replies belong to the conversation; send no own input.")
