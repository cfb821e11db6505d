"""A progress bar on standard error; silent where that is no terminal, so that logs stay readable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")


def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """The items, counted on a bar as they are taken."""
    console = Console(stderr=True)
    yield from track(items, what, total=total, console=console, disable=not console.is_terminal)
