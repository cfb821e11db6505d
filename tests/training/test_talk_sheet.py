from solami.training.talk_sheet import datasheet

REPORT = {
    "talks": 3,
    "turns": 20,
    "hours": 0.5,
    "fingerprint": "abc",
    "split": {"train": 3},
    "persona": {"ada": 3},
    "kind": {"chat": 3},
    "licence": {"Apache-2.0": 3},
    "shares": {"user_with_body": 0.9},
    "dropped": [],
}


def test_a_datasheet_tells_numbers_columns_and_losses() -> None:
    """Counts, every column, licences; what was dropped by reason, or that nothing was."""
    sheet = datasheet(REPORT)
    assert all(word in sheet for word in ("3 talks, 20 turns", "turns: list", "| Apache-2.0 | 3 |", "Nothing."))
    dropped = [{"script": "x", "reason": "pace", "detail": "long"}] * 2
    assert "| pace | 2 |" in datasheet({**REPORT, "dropped": dropped})
