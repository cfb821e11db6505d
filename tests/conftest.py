"""What every room's tests share."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a test measures no time, and machines are shared
settings.load_profile("unhurried")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def data_pack() -> Path:
    """The development data pack; tests that need real recordings skip where there is none."""
    folder = Path(os.environ.get("SOLAMI_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "motion" / "index.jsonl").is_file():
        pytest.skip("the development data pack is not here; name its folder in SOLAMI_DATA")
    return folder


@pytest.fixture
def closed_openai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Clients of the openai package are closed behind the test: their pools keep sockets open until they are found."""
    import openai

    made: list[openai.OpenAI] = []
    begin = openai.OpenAI.__init__

    def noted(self: openai.OpenAI, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        made.append(self)

    monkeypatch.setattr(openai.OpenAI, "__init__", noted)
    yield
    for client in made:
        client.close()
