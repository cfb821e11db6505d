"""An ear behind a transcription endpoint."""

from typing import Any

import numpy as np
import pytest

from solami.frames import AudioChunk
from solami.outside.config import EndpointEarConfig
from solami.outside.endpoint_ear import endpoint_ear
from solami.outside.ports import Bell

AUDIO = AudioChunk(np.zeros(1600, np.float32), 16_000)


def test_an_endpoint_writes_down_what_was_said(endpoint: Any) -> None:
    """The turn goes there as a WAV file and comes back as words."""
    ear = endpoint_ear(EndpointEarConfig(base_url=endpoint.url, timeout_s=20.0, language="en"), Bell())
    assert ear.hear(AUDIO).result(30) == "good morning"
    assert b"RIFF" in endpoint.heard[0] and b"whisper-1" in endpoint.heard[0] and b"en" in endpoint.heard[0]


def test_an_endpoint_that_fails_hears_nothing(endpoint: Any) -> None:
    """An error of the endpoint is an error of the future."""
    endpoint.status = 500
    ear = endpoint_ear(EndpointEarConfig(base_url=endpoint.url, timeout_s=20.0), Bell())
    assert ear.hear(AUDIO).exception(30) is not None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}", b'{"text": null}', b'{"text": 5}', b"\xff"])
def test_an_answer_in_no_known_form_hears_nothing(endpoint: Any, body: bytes) -> None:
    """Whatever an endpoint sends, the future fails, and the model's own ear goes on."""
    endpoint.body = body
    ear = endpoint_ear(EndpointEarConfig(base_url=endpoint.url, timeout_s=20.0), Bell())
    assert ear.hear(AUDIO).exception(30) is not None
