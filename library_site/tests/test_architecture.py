"""Imports go one way: between layers upwards, between apps to the left. Few things are imported inside a function."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ["accounts", "catalog", "circulation"]
RANKS = {
    0: {
        "addresses",
        "apps",
        "databases",
        "policy",
        "isbn",
        "exceptions",
        "money",
        "networks",
        "drafts",
        "archives",
        "files",
        "normalize",
        "citations",
        "scans",
        "numbering",
        "prepared",
        "progress",
        "collecting",
        "devices",
        "verbs",
        "passwords",
    },
    1: {"models"},
    2: {
        "queries",
        "services",
        "permissions",
        "openlibrary",
        "search",
        "discovery",
        "sheets",
        "invariants",
        "duplicates",
        "scan_queue",
        "marc",
        "tables",
        "exports",
    },
    3: {"forms", "admin", "paging", "adapter", "scenarios"},
    4: {"views", "api", "tasks", "management"},
    5: {"urls"},
}
RANK = {name: rank for rank, names in RANKS.items() for name in names}
# Imported where it is used: it takes megabytes of every process of the site, and few ever need it.
LATE = {
    "accounts.services.cards:accounts.sheets.drawing",
    "catalog.search.spelling:rapidfuzz",
    "catalog.search.spelling:rapidfuzz.distance",
    "catalog.services.labels:accounts.sheets.drawing",
    "catalog.services.photos:zxingcpp",
    "catalog.tables.guessing:rapidfuzz",
    "circulation.services.readers:catalog.marc.reading",
    "circulation.services.readers:catalog.marc.xml",
}
PAGES, SITE = 4, 5  # from rank 4 on any app may be asked, because a page is where nouns meet


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of ours that ships, by its dotted name."""
    for app in [*APPS, "library_site"]:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "tests" not in parts and "migrations" not in parts:
                yield ".".join(part for part in parts if part != "__init__"), path


def imports(name: str, path: Path) -> Iterator[str]:
    """Every module of ours that ``path`` imports, relative ones made whole."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            whole = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            yield whole
            yield from (f"{whole}.{alias.name}" for alias in node.names)


def rank(name: str) -> int | None:
    """The layer of a module of ours; None for the package of an app itself."""
    app, _, rest = name.partition(".")
    if app == "library_site":
        return SITE
    return RANK.get(rest.split(".")[0]) if rest else None


def sources() -> Iterator[tuple[str, str]]:
    yield from ((name, path.read_text(encoding="utf-8")) for name, path in modules())


def is_allowed(name: str, imported: str) -> bool:
    """Whether the module ``name`` may import ``imported``."""
    own_app, app = name.split(".", maxsplit=1)[0], imported.split(".", maxsplit=1)[0]
    own_rank, imported_rank = rank(name), rank(imported)
    if app not in (*APPS, "library_site") or own_app == "library_site":
        return True
    if app == "library_site" or own_rank is None:
        return False
    if imported_rank is not None and imported_rank > own_rank:
        return False
    if app != own_app and imported.split(".")[1:2] in (["views"], ["urls"]):
        return False
    return own_rank >= PAGES or APPS.index(app) <= APPS.index(own_app)


def test_modules_import_only_what_lies_below_and_to_their_left() -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, path in modules()
        for imported in imports(name, path)
        if name not in APPS and not is_allowed(name, imported)
    ]
    assert wrong == []


def test_every_module_of_an_app_has_a_layer() -> None:
    assert [name for name, _path in modules() if name not in APPS and rank(name) is None] == []


def test_modules_import_at_the_top_but_what_is_large_and_seldom_needed() -> None:
    inner = {
        f"{name}:{imported}"
        for name, text in sources()
        for function in ast.walk(ast.parse(text))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for imported in ([node.module] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert inner == LATE


def test_modules_say_what_they_are_for() -> None:
    silent = [name for name, text in sources() if ast.parse(text).body and not ast.get_docstring(ast.parse(text))]
    assert silent == []


def test_policy_knows_no_database_and_no_clock() -> None:
    words = ("django.db", "django.utils.timezone", ".now(", ".today(", "random")
    found = [f"{name}: {word}" for name, text in sources() if ".policy" in name for word in words if word in text]
    assert found == []


def test_no_form_takes_all_fields_there_are() -> None:
    admin_names_its_fields = {"circulation.forms.rules"}
    assert {name for name, text in sources() if '"__all__"' in text} <= admin_names_its_fields


def test_signals_and_save_overrides_carry_no_business() -> None:
    assert [name for name, text in sources() if "@receiver" in text or "def save(self" in text] == []
