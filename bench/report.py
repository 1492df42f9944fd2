"""Writes what was measured as tables for people (Markdown)."""

from collections.abc import Callable, Iterator
from typing import Any

QUERY_LIMIT = 18


def tables(found: dict[str, Any]) -> str:
    """Every part that was measured, as Markdown."""
    parts: dict[str, Callable[[Any], Iterator[str]]] = {
        "pages": _pages, "queries": _queries, "weights": _weights, "desks": _desks, "api": _api, "services": _services,
        "bare": _bare, "fines": _fines, "imports": _imports, "daily": _daily,
    }  # fmt: skip
    lines = [*_machine(found)]
    for name, write in parts.items():
        if name in found:
            lines += ["", *write(found[name])]
    return "\n".join(lines) + "\n"


def above_limit(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pages that need more queries than a page may."""
    return [each for each in queries if each["queries"] > QUERY_LIMIT]


def _machine(found: dict[str, Any]) -> Iterator[str]:
    machine = found["machine"]
    yield f"{found['database']}, {machine['workers']} workers, {machine['processors']} processors, {machine['python']}"
    yield ", ".join(f"{number:,} {name}" for name, number in found["counts"].items())
    if "load" in found:
        load = found["load"]
        yield f"loaded in {load['seconds']:.0f} s; check_invariants took {load['check_seconds']:.0f} s: {load['check']}"
    for name, gauge in found["gauges"].items():
        yield f"gauge {name}: {gauge['wall_ms']} ms by the clock, {gauge['cpu_ms']} ms processor, load {gauge['load']}"
    if "memory" in found:
        yield f"memory of the site after the pages: {found['memory']['rss']} MB rss, {found['memory']['pss']} MB pss"


def _pages(found: dict[str, Any]) -> Iterator[str]:
    yield f"## Pages (asked by {found['client']})"
    yield ""
    yield from table(
        ["page", "1 client: median ms (rounds)", "p95", "processor ms", "of it database", "16 clients: median ms",
         "p95", "pages/s", "failed"],
        (
            [
                each["page"], f"{one['median_ms']} ({_range(one['median_ms_of_rounds'])})", one["p95_ms"],
                one["cpu_ms"], one["database_cpu_ms"] or "–", many["median_ms"], many["p95_ms"],
                round(many["per_second"], 1), one["failed"] + many["failed"],
            ]
            for each in found["pages"]
            for one, many in [(each["clients_1"], each["clients_16"])]
        ),
    )  # fmt: skip


def _queries(found: list[dict[str, Any]]) -> Iterator[str]:
    yield f"## Queries per page (at most {QUERY_LIMIT})"
    yield ""
    yield from table(
        ["page", "queries", "most repeated", "status"],
        (
            [each["page"], f"**{each['queries']}**" if each["queries"] > QUERY_LIMIT else each["queries"],
             each["repeated"] or "–", each["status"]]
            for each in found
        ),
    )  # fmt: skip


def _weights(found: list[dict[str, Any]]) -> Iterator[str]:
    yield "## Bytes of a page (without covers)"
    yield ""
    yield from table(
        ["page", "HTML", "HTML gzipped", "assets as sent", "of it script", "all gzipped", "requests"],
        ([each["page"], *(f"{each[name]:,}" for name in (
            "html", "html_gzipped", "assets", "script", "total_gzipped", "requests"))] for each in found),
    )  # fmt: skip


def _desks(found: list[dict[str, Any]]) -> Iterator[str]:
    yield "## Issue and return on the desk's pages"
    yield ""
    yield from table(
        ["desks", "pairs", "failed", "pairs/s", "processor ms a pair", "card: median / p95 ms", "issue", "return"],
        (
            [each["desks"], each["pairs"], each["failed"], each["pairs_per_second"], each["cpu_ms"],
             *(f"{each[step]['median_ms']} / {each[step]['p95_ms']}" for step in ("card", "issue", "return"))]
            for each in found
        ),
    )  # fmt: skip


def _api(found: dict[str, Any]) -> Iterator[str]:
    yield "## The API beside the page of the same data"
    yield ""
    yield from table(
        ["what", "", "1 client: median ms", "p95", "processor ms", "of it database", "16 clients: median ms", "p95",
         "answers/s", "failed"],
        (
            [each["what"], kind, one["median_ms"], one["p95_ms"], one["cpu_ms"], one["database_cpu_ms"] or "–",
             one["median_ms_of_many"], one["p95_ms_of_many"], one["per_second_of_many"], one["failed"]]
            for each in found["reads"] for kind in ("page", "api") for one in [each[kind]]
        ),
    )  # fmt: skip
    yield ""
    yield "Lending: 16 programs at once issue and return, each copy and member once"
    yield ""
    yield from table(
        ["", "pairs", "failed", "pairs/s", "processor ms a pair", "issue: median / p95 ms", "return: median / p95 ms",
         "both: median / p95 ms"],
        (
            [{"plain": "without a key", "keyed": "with Idempotency-Key"}[kind], each["pairs"], each["failed"],
             each["pairs_per_second"], each["cpu_ms"],
             *(f"{each[step]['median_ms']} / {each[step]['p95_ms']}" for step in ("issue", "return", "both"))]
            for kind, each in found["lending"].items()
        ),
    )  # fmt: skip


def _services(found: list[dict[str, Any]]) -> Iterator[str]:
    yield "## Issue and return through the services"
    yield ""
    yield from table(
        ["desks", "pairs", "pairs/s", "processor ms a pair", "issue: median / p95 ms", "return: median / p95 ms"],
        (
            [each["desks"], each["pairs"], each["pairs_per_second"], each["cpu_ms"],
             *(f"{each[step]['median_ms']} / {each[step]['p95_ms']}" for step in ("issue", "return"))]
            for each in found
        ),
    )  # fmt: skip


def _bare(found: dict[str, Any]) -> Iterator[str]:
    yield "## Issue and return: services against bare SQL with the same writes"
    yield ""
    yield from table(
        ["", "pairs/s", "processor ms a pair"],
        (
            [name, round(found["pairs"] / found[key]["seconds"], 1),
             round(found[key]["cpu_seconds"] * 1_000 / found["pairs"], 1)]
            for name, key in (("services", "services"), ("bare SQL", "bare"))
        ),
    )  # fmt: skip
    yield ""
    share = found["bare"]["seconds"] / found["services"]["seconds"]
    yield f"The services reach {share:.0%} of bare SQL, with {found['statements']} statements a pair."


def _fines(found: dict[str, Any]) -> Iterator[str]:
    yield "## Fines estimated and explained"
    yield ""
    per_second = found["loans"] / found["cpu_seconds"] if found["cpu_seconds"] else 0
    yield f"{found['loans']:,} open loans, {found['days_explained']:,} days: {per_second:,.0f} loans a processor second"


def _imports(found: dict[str, Any]) -> Iterator[str]:
    yield "## Imports of prepared drafts"
    yield ""
    yield from table(
        ["books", "books/s", "processor ms a book", "median / p95 ms"],
        [[found["books"], found["per_second"], found["cpu_ms"],
          f"{found['save']['median_ms']} / {found['save']['p95_ms']}"]],
    )  # fmt: skip


def _daily(found: dict[str, Any]) -> Iterator[str]:
    yield "## The daily run"
    yield ""
    yield f"{found['loans']:,} open loans, all overdue; {found['notices']:,} notices in the end."
    yield ""
    names = ("first, nobody was told yet", "again an hour later", "six days later, the next step")
    rows = zip(names, found["runs"], found["memory_mb"][1:], strict=True)
    figures = [
        (name, each["counts"]["notices_queued"], round(each["seconds"], 1), round(each["cpu_seconds"], 1), round(mb))
        for name, each, mb in rows
    ]
    yield from table(["run", "notices", "seconds", "processor seconds", "most memory MB"], figures)
    yield ""
    yield f"Before the first run the process held {found['memory_mb'][0]:.0f} MB."


def table(head: list[str], rows: Any) -> Iterator[str]:
    """A table of Markdown, line by line."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"


def _range(values: list[float]) -> str:
    return f"{min(values)}–{max(values)}"
