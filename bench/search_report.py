"""Writes what was measured of the search as tables for people (Markdown)."""

from collections.abc import Iterator
from typing import Any

from report import table

MB = 1024 * 1024


def tables(found: dict[str, Any]) -> str:
    """Every part that was measured, as Markdown."""
    lines = [*_machine(found)]
    for name, write in {"build": _build, "size": _size, "pages": _pages}.items():
        if name in found:
            lines += ["", *write(found)]
    return "\n".join(lines) + "\n"


def _machine(found: dict[str, Any]) -> Iterator[str]:
    machine = found["machine"]
    yield (
        f"{found['database']}, {found['titles']:,} titles, {machine['workers']} workers, "
        f"{machine['processors']} processors, {machine['python']}"
    )
    if "load_seconds" in found:
        yield f"loaded in {found['load_seconds']} s"
    for name, gauge in found["gauges"].items():
        yield f"gauge {name}: {gauge['wall_ms']} ms by the clock, {gauge['cpu_ms']} ms processor, load {gauge['load']}"
    if "memory" in found:
        yield f"memory of the site after the pages: {found['memory']['rss']} MB rss, {found['memory']['pss']} MB pss"
    for name, statuses in found.get("left_out", {}).items():
        yield f"left out: {name}, because the site answered {', '.join(map(str, statuses))}"


def _build(found: dict[str, Any]) -> Iterator[str]:
    build = found["build"]
    yield (
        f"rebuild_search: {build['seconds']} s, {build['per_second']:,} documents/s, "
        f"{build['cpu_ms']} processor ms a document"
    )


def _size(found: dict[str, Any]) -> Iterator[str]:
    size = found["size"]
    whole = sum(size["parts"].values())
    yield f"## Size: {whole / MB:,.1f} MB of the database's {size['database'] / MB:,.1f} MB"
    yield ""
    parts = sorted(size["parts"].items(), key=lambda part: -part[1])
    titles = max(1, found["titles"])
    yield from table(
        ["table or index", "MB", "bytes a title"], ([name, round(n / MB, 1), round(n / titles)] for name, n in parts)
    )


def _pages(found: dict[str, Any]) -> Iterator[str]:
    yield f"## Pages (asked by {found['client']})"
    yield ""
    yield from table(
        ["question", "addresses", "1 client: median ms", "p95", "processor ms", "of it database",
         "16 clients: median ms", "p95", "pages/s", "processor ms", "failed", "gauge: processor / clock ms", "load"],
        (
            [
                each["page"], each["addresses"], one["median_ms"], one["p95_ms"], one["cpu_ms"],
                one["database_cpu_ms"] or "–", many["median_ms"], many["p95_ms"], round(many["per_second"], 1),
                many["cpu_ms"], one["failed"] + many["failed"],
                f"{each['gauge_cpu_ms']} / {each['gauge_wall_ms']}", each["load"],
            ]
            for each in found["pages"]
            for one, many in [(each["clients_1"], each["clients_16"])]
        ),
    )  # fmt: skip
