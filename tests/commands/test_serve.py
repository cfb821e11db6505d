"""`solami serve` before it serves."""

import sys

import pytest

from solami.cli import main


@pytest.mark.parametrize("arguments", [("--config", "nope"), ("--host", "0.0.0.0"), ("--set", "server.prot=1")])
def test_a_wrong_configuration_is_status_2(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown config, an open address without a key, a mistyped key: one sentence each."""
    monkeypatch.setattr(sys, "argv", ["solami", "serve", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    error = capsys.readouterr().err
    assert end.value.code == 2 and error.startswith("error: ") and "Traceback" not in error
