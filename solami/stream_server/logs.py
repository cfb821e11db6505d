"""Log lines with the session they belong to, as text or as JSON. Nobody's words, sound or motion are ever in them."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from typing import Literal

session_id: ContextVar[str] = ContextVar("session_id", default="-")  # set where a connection is served

_TALKATIVE = ("websockets", "uvicorn", "openai", "httpx", "httpcore")  # at DEBUG they log what they send and receive


class _WithSession(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.session = session_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, session, message and, where there is one, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}",
            "level": record.levelname.lower(),
            "logger": record.name,
            "session": getattr(record, "session", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=False)


def configure_logs(form: Literal["text", "json"], level: int) -> None:
    """Write log lines of this form to standard error from now on."""
    handler = logging.StreamHandler()
    handler.addFilter(_WithSession())
    text = logging.Formatter("%(asctime)s %(levelname)s %(session)s %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if form == "json" else text)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.INFO))
