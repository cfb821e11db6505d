"""The figures of `/metrics`."""

from solami.stream_server.load import LoadReport
from solami.stream_server.metrics import Metrics

DONE = {
    "status": "completed",
    "audio_samples": 48000,
    "output_audio_rate": 24000,
    "budget": [{"stage": "prefill", "planned_ms": 60.0, "spent_ms": 30.0}, {"stage": "send", "spent_ms": 0.0}],
    "response_latency_ms": 180.0,
    "first_audio_ms": None,
}


def test_a_reply_is_counted_in_every_figure() -> None:
    """Status, length, stages that took time and latencies that were measured: nothing else."""
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
    ):
        assert line in text
    assert 'stage="send"' not in text and 'to="first_audio"' not in text


def test_the_compute_thread_is_shown() -> None:
    """Rules that fired have their names, and what is read is always the present."""
    metrics, reports = Metrics(lambda: 0, lambda: 0), [LoadReport(0.25, None, 7, 21, 2, {"small_lead": 4})]
    metrics.watch(lambda: reports[-1])
    assert 'solami_degraded_total{rule="small_lead"} 4.0' in metrics.text().decode()
    reports.append(LoadReport(0.5, None, 8, 22, 2, {}))
    assert "solami_compute_busy 0.5" in metrics.text().decode()
