"""Figures for Prometheus: what each process took for its requests, and what stands in the library's database."""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from accounts.models import LibrarySettings, Message, Work
from accounts.services.work import last_pulse
from catalog.models import Cover, ImportBatch, SearchDocument
from circulation.models import Hold
from circulation.queries.desk import today_in_numbers

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # set by library_site.web_server: there the processes add up what they count
METHODS = ("GET", "HEAD", "POST")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("openshelf_requests", "Requests answered", ["method", "route", "status"])
LATENCY = Histogram("openshelf_request_seconds", "Seconds until an answer began", ["method", "route"], buckets=SECONDS)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    known = method if method in METHODS else "other"
    REQUESTS.labels(known, route, str(status)).inc()
    LATENCY.labels(known, route).observe(seconds)


def exposition() -> bytes:
    """Everything in Prometheus's text format, summed over all processes of this site."""
    registry = CollectorRegistry()
    registry.register(LibraryCollector())
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)


class LibraryCollector(Collector):
    """What the database says, asked at the moment of the scrape."""

    def describe(self) -> list[Any]:
        return []  # else registering would ask the database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        database = GaugeMetricFamily("openshelf_database_up", "Whether the database answers")
        try:
            found = list(_figures(timezone.now()))
        except DatabaseError:
            found = []
        database.add_metric([], float(bool(found)))
        yield from [database, *found]


def _figures(now: datetime) -> Iterator[GaugeMetricFamily]:
    yield from _today(now)
    yield _by("openshelf_holds", "Holds by state", "state", {
        "waiting": Hold.objects.waiting().count(), "ready": Hold.objects.ready().count()})  # fmt: skip
    yield _by("openshelf_queue", "Pieces of work that wait", "queue", _queues(), failed=_failed())
    pulse = last_pulse()
    yield _one("openshelf_worker_last_tick", "When a worker was last heard of (unix time)", _unix(pulse))


def _today(now: datetime) -> Iterator[GaugeMetricFamily]:
    local = timezone.localtime(now, LibrarySettings.current().zone)
    today = today_in_numbers(now, local.replace(hour=0, minute=0, second=0, microsecond=0))
    yield _by("openshelf_loans", "Loans: open now, and what happened today", "what", {
        "open": today.on_loan, "overdue": today.overdue, "due_today": today.due_today,
        "issued_today": today.issued_today, "returned_today": today.returned_today})  # fmt: skip
    yield _by("openshelf_records", "What the library holds", "what", {
        "members": today.members, "books": today.books, "copies": today.copies})  # fmt: skip


def _queues() -> dict[str, int]:
    return {
        "messages": _open(Message), "imports": _open(ImportBatch), "covers": _open(Cover),
        "search": SearchDocument.objects.filter(stale_since__isnull=False).count(),
    }  # fmt: skip


def _open(model: type[Work]) -> int:
    return model._default_manager.filter(state__in=(Work.State.QUEUED, Work.State.RUNNING)).count()


def _failed() -> dict[str, int]:
    return {"messages": Message.objects.filter(state=Work.State.FAILED).count()}


def _by(name: str, text: str, label: str, values: dict[str, int], failed: dict[str, int] | None = None) -> Any:
    labels = [label] if failed is None else [label, "state"]
    metric = GaugeMetricFamily(name, text, labels=labels)
    for each, value in values.items():
        metric.add_metric([each] if failed is None else [each, "waiting"], value)
    for each, value in (failed or {}).items():
        metric.add_metric([each, "failed"], value)
    return metric


def _one(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _unix(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
