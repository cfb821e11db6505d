"""docs/protocol.md says what the code does: every name on the page exists, and every name of the code is there."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from solami.stream_server import budget, settings
from solami.stream_server.endpointing import _LONG_MS, _SHORT_MS
from solami.stream_server.events import CLIENT_EVENT_TYPES
from solami.stream_server.protocol import MAX_MESSAGE_BYTES, CloseCode, MediaType, unpack_media
from solami.stream_server.writer import _DELTAS, _IDLE_DELTAS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
MODULES = sorted((ROOT / "solami/stream_server").glob("*.py"))
CODE_AT = {"ProtocolError": 0, "Refusal": 1, "Failed": 0, "_give_up": 1}  # where calls name an error code
OF_CLIENTS = {"invalid_visemes"}  # raised where a client reads what the server sent
VECTORS = json.loads((ROOT / "tests/vectors/protocol/server_events.json").read_text())["vectors"]


def calls() -> Iterator[tuple[str, list[ast.expr]]]:
    """Every call in the server: the name that is called, and its arguments."""
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                yield name, node.args


def texts(name: str, at: int) -> set[str]:
    """Every literal text that is given to calls of this name in this place."""
    given = (args[at] for called, args in calls() if called == name and len(args) > at)
    return {each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def table(head: str) -> list[list[str]]:
    """The backticked names in the first column of the table with this head, row by row."""
    body = PAGE.split(f"| {head} |", 1)[1].split("\n\n", 1)[0]
    rows = [line.split(" | ")[0] for line in body.splitlines()[2:]]
    return [re.findall(r"`([\w.]+)`", row) for row in rows]


def events_in(head: str, known: set[str]) -> set[str]:
    """The events that a table names; `.done` behind another is the known event of the same family with this end."""
    found = set()
    for first, *others in table(head):
        found.add(first)
        for name in others:
            family = [each for each in known if each.split(".")[0] == first.split(".")[0] and each.endswith(name)]
            near = [each for each in family if each == first.rsplit(".", 1)[0] + name]
            assert name in known or family, f"{name} behind {first} is no event"
            found.update([name] if name in known else near or family)
    return found


def test_every_event_of_the_server_is_on_the_page() -> None:
    """What the golden vectors hold is what the code writes, and what the page lists."""
    known = {vector["type"] for vector in VECTORS}
    written = (
        texts("event", 0)
        | texts("write", 0)
        | texts("server_event", 0)
        | set(_DELTAS.values())
        | set(_IDLE_DELTAS.values())
    )
    assert written == known
    assert events_in("server sends | with", known) == known


def test_every_event_of_the_client_is_on_the_page() -> None:
    """The page lists what the server reads."""
    assert events_in("client sends | with", set(CLIENT_EVENT_TYPES)) == set(CLIENT_EVENT_TYPES)


def test_every_error_code_is_on_the_page() -> None:
    """Codes that the code raises are those that the page explains."""
    raised = set().union(*(texts(name, at) for name, at in CODE_AT.items())) | {"context_full", "invalid_input"}
    told = PAGE.split("Error codes: ", 1)[1].split("Close codes: ", 1)[0]
    named = {code for group in re.findall(r"`([a-z_ ]+)`", told) for code in group.split()}
    assert named == raised - OF_CLIENTS


def test_every_setting_is_on_the_page() -> None:
    """Settings, and those of turn detections with their defaults, are the tables' rows."""
    asked = {name for name, field in settings.SessionSettings.model_fields.items() if not field.exclude}
    assert {name for row in table("setting | values (default first)") for name in row} == asked
    detections = (settings.TurnDetection.model_fields, settings.SemanticTurnDetection.model_fields)
    fields = {name: field for each in detections for name, field in each.items() if name != "type"}
    rows = PAGE.split("| of a turn detection |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    defaults = {row.split("`")[1]: row.split("|")[2].split(", ")[0].strip(" `") for row in rows}
    assert defaults == {name: json.dumps(field.default) for name, field in fields.items()}
    for eagerness, long_ms in _LONG_MS.items():
        assert f"`{eagerness}`" in PAGE
        assert f"{_SHORT_MS[eagerness] / 1000:.2g} s, {long_ms / 1000:g} s" in PAGE


def test_numbers_and_names_are_the_codes() -> None:
    """Capabilities, stages, rules, close codes, media types and the size of a message."""
    for names in ([*settings.CAPABILITIES, "motion_codes"], budget.PLANNED_MS, budget.RULES):
        assert f"`{' '.join(names)}`" in PAGE
    closing = PAGE.split("Close codes: ", 1)[1].split("\n", 1)[0]
    assert {int(code) for code in re.findall(r"\b1\d{3}\b", closing)} == set(CloseCode)
    kinds = next(line for line in PAGE.splitlines() if line.startswith("| 0 | u8 |"))
    assert {int(number) for number in re.findall(r"\b(\d) [a-z]", kinds.split("type:")[1])} == set(MediaType)
    assert MAX_MESSAGE_BYTES == 1 << 20
    assert "1 MiB" in PAGE


def test_the_example_frame_is_one() -> None:
    """The bytes on the page are the frame that is explained below them."""
    line = next(line for line in PAGE.splitlines() if line.startswith("01 00 00 00"))
    frame = unpack_media(bytes.fromhex(line))
    assert frame is not None
    assert (frame.type, frame.epoch, frame.seq, frame.sample) == (MediaType.AUDIO, 3, 41, 9600)
    assert frame.payload == bytes.fromhex("00000100ffff0001")
