"""Clicks against flips over a real socket."""

import asyncio

import numpy as np
import pytest

from solami.errors import SolamiError
from solami.evaluation.skew import click_flip_skews_ms, peaks
from solami.stream_server.app import create_app
from solami.stream_server.backend import Backend
from solami.stream_server.click_flip import click_flip_backend
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server


def skews(backend: Backend) -> list[float]:
    config = ServerConfig()
    with background_server(create_app(backend, config), config) as url:
        return asyncio.run(click_flip_skews_ms(url))


def test_a_flip_is_seen_on_the_first_frame_after_its_click() -> None:
    """Every click has its flip, never before it."""
    found = skews(click_flip_backend(2.0, 0.4))
    assert len(found) == 5 and min(found) >= 0


def test_another_stream_is_not_measured() -> None:
    """A reply without clicks is an error, not a measurement."""
    with pytest.raises(SolamiError, match="0 clicks"):
        skews(ScriptedBackend(beats=1))


def test_peaks_are_the_largest_samples() -> None:
    """Each run of loud samples has one peak."""
    samples = np.zeros(20, np.float32)
    samples[4:7], samples[12] = (0.5, 0.8, 0.6), 0.7
    assert peaks(samples) == [5, 12] and peaks(np.zeros(3, np.float32)) == []
