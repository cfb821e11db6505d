"""The figures of `/metrics`."""

from solami.stream_server.load import LoadReport
from solami.stream_server.metrics import Metrics

DONE = {
    "status": "completed",
    "audio_samples": 48000,
    "output_audio_rate": 24000,
    "budget": [
        {"stage": "prefill", "planned_ms": 60.0, "spent_ms": 30.0},
        {"stage": "send", "planned_ms": 10.0, "spent_ms": 0.0},
        {"stage": "decode", "planned_ms": 60.0, "spent_ms": 90.0},
    ],
    "response_latency_ms": 180.0,
    "first_audio_ms": None,
}


def test_a_reply_is_counted_in_every_figure() -> None:
    """Status, length, stages that took time, those that took too long, and latencies that were measured."""
    metrics = Metrics(lambda: 3, lambda: 1)
    metrics.reply_done(DONE)
    text = metrics.text().decode()
    for line in (
        "solami_sessions 3.0",
        "solami_sessions_waiting 1.0",
        'solami_replies_total{status="completed"} 1.0',
        "solami_reply_seconds_total 2.0",
        'solami_stage_seconds_sum{stage="prefill"} 0.03',
        'solami_latency_seconds_sum{to="response"} 0.18',
        'solami_stage_planned_seconds{stage="send"} 0.01',
        'solami_stage_late_total{stage="decode"} 1.0',
    ):
        assert line in text
    assert 'solami_stage_seconds_sum{stage="send"}' not in text and 'to="first_audio"' not in text
    assert 'solami_stage_late_total{stage="prefill"}' not in text


def test_the_compute_thread_is_shown() -> None:
    """Rules that fired have their names, and what is read is always the present."""
    metrics, reports = Metrics(lambda: 0, lambda: 0), [LoadReport(0.25, None, 7, 21, 2, {"small_lead": 4})]
    metrics.watch(lambda: reports[-1])
    assert 'solami_degraded_total{rule="small_lead"} 4.0' in metrics.text().decode()
    reports.append(LoadReport(0.5, None, 8, 22, 2, {}))
    assert "solami_compute_busy 0.5" in metrics.text().decode()
