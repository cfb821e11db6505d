"""What `/metrics` shows: sessions, refusals, the stages of replies, degradation, underruns and the compute thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from solami.stream_server.budget import PLANNED_MS
from solami.stream_server.load import LoadReport

_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.4, 0.6, 1.0, 1.5, 2.5, 5.0, 10.0)
_LATENCIES = {"response_latency_ms": "response", "first_audio_ms": "first_audio", "first_motion_ms": "first_motion"}


class Metrics:
    """One application's figures."""

    def __init__(self, num_sessions: Callable[[], int], num_waiting: Callable[[], int]) -> None:
        self._registry = registry = CollectorRegistry()
        Gauge("solami_sessions", "sessions, cut-off ones too", registry=registry).set_function(num_sessions)
        waiting = Gauge("solami_sessions_waiting", "sessions whose client was cut off", registry=registry)
        waiting.set_function(num_waiting)
        self.refused = Counter("solami_refused", "connections refused", ["code"], registry=registry)
        self.resumed = Counter("solami_resumed", "connections that came back to their session", registry=registry)
        self.restarts = Counter("solami_worker_restarts", "compute threads that died", registry=registry)
        self.underruns = Counter("solami_client_underruns", "gaps that clients report", registry=registry)
        self._replies = Counter("solami_replies", "responses that ended", ["status"], registry=registry)
        self._seconds = Counter("solami_reply_seconds", "length of responses", registry=registry)
        self._stages = Histogram(
            "solami_stage_seconds", "time a stage took", ["stage"], buckets=_BUCKETS_S, registry=registry
        )
        self._late = Counter("solami_stage_late", "stages that took longer than planned", ["stage"], registry=registry)
        planned = Gauge("solami_stage_planned_seconds", "time a stage is planned to take", ["stage"], registry=registry)
        for stage, planned_ms in PLANNED_MS.items():
            planned.labels(stage).set(planned_ms / 1000)
        self._latency = Histogram(
            "solami_latency_seconds", "from the end of the turn", ["to"], buckets=_BUCKETS_S, registry=registry
        )

    def watch(self, report: Callable[[], LoadReport]) -> None:
        """Show the compute thread's own figures too."""
        self._registry.register(_LoadCollector(report))

    def reply_done(self, response: dict[str, Any]) -> None:
        """Take the figures of a `response.done`."""
        self._replies.labels(response["status"]).inc()
        self._seconds.inc(response["audio_samples"] / response["output_audio_rate"])
        for row in response["budget"]:
            if row["spent_ms"]:
                self._stages.labels(row["stage"]).observe(row["spent_ms"] / 1000)
            if row["spent_ms"] > row["planned_ms"]:
                self._late.labels(row["stage"]).inc()
        for field, name in _LATENCIES.items():
            if response.get(field) is not None:
                self._latency.labels(name).observe(response[field] / 1000)

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self._registry)


class _LoadCollector(Collector):
    """The compute thread's figures, read when they are asked for."""

    def __init__(self, report: Callable[[], LoadReport]) -> None:
        self._report = report

    def collect(self) -> Iterable[Metric]:
        load = self._report()
        yield GaugeMetricFamily("solami_compute_busy", "share of the compute thread in use", load.busy)
        yield CounterMetricFamily("solami_engine_steps", "steps of the engine", load.steps)
        yield CounterMetricFamily("solami_engine_ids", "ids drawn in them", load.drawn)
        yield CounterMetricFamily("solami_dry", "times a client is thought to have had nothing to play", load.dry)
        rules = CounterMetricFamily("solami_degraded", "degradation rules that fired", labels=["rule"])
        for name, count in load.rules.items():
            rules.add_metric([name], count)
        yield rules
