import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from solami.cli import app


def test_every_bench_is_in_one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """`bench all` measures engine, latency, load and clicks of one configuration, with room for every session."""
    asked: dict[str, Any] = {}

    @contextlib.contextmanager
    def server_at(url: str | None, config: str, overrides: list[str]) -> Iterator[str]:
        asked["server"] = (url, config, overrides)
        yield "ws://here"

    def measured(name: str) -> Any:
        def stand_in(*arguments: Any, **named: Any) -> dict[str, Any]:
            asked[name] = arguments
            return {"measured": name}

        return stand_in

    monkeypatch.setattr("solami.commands.bench_load.server_at", server_at)
    monkeypatch.setattr("solami.commands.bench_load.run_load", measured("load"))
    monkeypatch.setattr("solami.commands.bench_load.measure_click_flip", measured("click_flip"))
    monkeypatch.setattr("solami.commands.bench.run_latency", measured("latency"))
    monkeypatch.setattr("solami.commands.bench_engine.run_engine", measured("engine"))
    arguments = ["bench", "all", "--config", "debug", "--sessions", "1,16", "--turns", "3", "--json"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    report = json.loads(result.stdout)
    assert {name: report[name]["measured"] for name in ("engine", "latency", "load", "click_flip")} == {
        name: name for name in ("engine", "latency", "load", "click_flip")
    }
    assert asked["server"] == (None, "debug", ["server.host=127.0.0.1", "server.max_sessions=16"])
    assert asked["load"][:2] == ("ws://here", [1, 16]) and asked["load"][2].turns == 3
    assert asked["engine"][0].server.max_sessions == 16 and asked["latency"][1] == 3
