"""The documents say what is true: cases and tests, reason codes, addresses, commands, settings, links."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "catalog", "circulation", "library_site")
RULES = (ROOT / "docs" / "circulation.md").read_text(encoding="utf-8")
CASE = re.compile(r"^- \*\*\[([A-Z]+)-(\d+)\]\(\.\./([\w/]+\.py)\)\*\*", re.MULTILINE)
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")]
)
ADDRESSES = ["/", "/search/?q=", "/books/<id>/", "/isbn/<isbn>/", "/books/<id>/cite/<style>",
             "/books/<id>.jsonld", "/feeds/new.atom", "/authors/<id>/", "/accounts/login/", "/me/",
             "/me/profile/", "/desk/", "/desk/issue/", "/desk/return/", "/desk/loans/", "/desk/books/",
             "/desk/members/", "/desk/import/", "/desk/settings/", "/admin/", "/healthz"]  # fmt: skip
COMMANDS = [
    "migrate", "load_demo", "worker", "import_openlibrary", "export", "check_invariants", "play_scenario", "bench_load",
]  # fmt: skip


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def cases_in_the_document() -> list[tuple[str, int, str]]:
    return [(family, int(number), path) for family, number, path in CASE.findall(RULES)]


def cases_in_the_tests(families: set[str]) -> Iterator[tuple[str, int, str]]:
    for app in APPS:
        for path in sorted((ROOT / app / "tests").rglob("test_*.py")):
            for name in re.findall(r"^def test_([a-z]+_\d+)_\w+\(", path.read_text(encoding="utf-8"), re.MULTILINE):
                family, number = name.split("_")
                if family.upper() in families:
                    yield family.upper(), int(number), path.relative_to(ROOT).as_posix()


def test_every_case_has_one_test_and_every_numbered_test_its_case() -> None:
    described = cases_in_the_document()
    assert sorted(described) == sorted(cases_in_the_tests({family for family, _number, _path in described}))


def test_cases_are_numbered_from_one_without_a_gap() -> None:
    described = cases_in_the_document()
    for family in dict.fromkeys(family for family, _number, _path in described):
        numbers = [number for each, number, _path in described if each == family]
        assert (family, numbers) == (family, list(range(1, len(numbers) + 1)))


def cases_no_scenario_plays() -> set[str]:
    """Those of the document's last table: single numbers, "A-1 to A-9", or "A-*" for a whole family."""
    table = RULES.split("## What no scenario plays")[1].split("\n## ")[0]
    described, listed = cases_in_the_document(), set()
    for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE):
        for family, first, last in re.findall(r"`([A-Z]+)-(\d+|\*)`(?: to `\w+-(\d+)`)?", row):
            numbers = [number for each, number, _path in described if each == family]
            if first != "*":
                numbers = list(range(int(first), int(last or first) + 1))
            listed |= {f"{family}-{number}" for number in numbers}
    return listed


def test_every_case_is_a_scenario_or_listed_as_beyond_scenarios() -> None:
    described = {f"{family}-{number}" for family, number, _path in cases_in_the_document()}
    files = sorted((ROOT / "circulation" / "tests" / "scenarios").iterdir())
    named = [re.fullmatch(r"([A-Z]+-\d+)(?:-[a-z0-9-]+)?\.json", path.name) for path in files]
    assert [path.name for path, match in zip(files, named, strict=True) if match is None] == []
    played = {match[1] for match in named if match}
    assert (played - described, played & cases_no_scenario_plays()) == (set(), set())
    assert described - played == cases_no_scenario_plays()


def test_cases_that_are_spoken_of_are_there() -> None:
    there = {f"{family}-{number}" for family, number, _path in cases_in_the_document()}
    families = "|".join(sorted({case.split("-")[0] for case in there}))
    for name in DOCUMENTS:
        assert set(re.findall(rf"\b(?:{families})-\d+\b", text_of(name))) - there == set(), name


def reasons_in_the_document() -> dict[str, str]:
    """Every code of the table of reasons: "confirm" if it may be set aside, else "block"."""
    table = RULES.split("| may be set aside |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \|.*\| (yes )?\|$", table, re.MULTILINE)
    return {code: "confirm" if may else "block" for code, may in rows}


def reasons_in_the_code() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "circulation").rglob("*.py")):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("block", "confirm"):
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    yield str(code.value), node.func.id
            if isinstance(node, ast.keyword) and node.arg == "violation_error_code":
                yield str(ast.literal_eval(node.value)), "block"


def test_reasons_are_those_of_the_code() -> None:
    assert reasons_in_the_document() == dict(reasons_in_the_code())


@pytest.mark.parametrize("address", ADDRESSES)
def test_stable_address_is_listed(address: str) -> None:
    assert f"`{address}`" in text_of("docs/addresses.md")


@pytest.mark.parametrize("address", re.findall(r"`(/[^`]*)`", text_of("docs/addresses.md")))
def test_listed_address_leads_somewhere(address: str) -> None:
    path = address.split("?", maxsplit=1)[0].replace("<id>", "1").replace("<isbn>", "9780553382563")
    assert resolve(path).func is not None


def test_stable_commands_are_listed() -> None:
    listed = set(re.findall(r"^\| `(\w+)", text_of("docs/addresses.md").split("| command")[1], re.MULTILINE))
    assert (set(COMMANDS) - listed, listed - set(get_commands())) == (set(), set())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_in_a_document_exist(name: str) -> None:
    text = text_of(name)
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    used = re.findall(r"^\s*make ([a-z]+)|`make ([a-z]+)", text, re.MULTILINE)
    assert {first or second for first, second in used} - targets == set()
    known = {*get_commands(), "version"}  # that one manage.py answers by itself
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) - known == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_of_a_document_lead_to_a_file(name: str) -> None:
    folder = (ROOT / name).parent
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text_of(name)) if "://" not in link]
    assert [link for link in links if not (folder / link).exists()] == []


def test_settings_are_explained_and_explained_settings_are_read() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text_of("library_site/settings.py")))
    explained = re.findall(r"^#?([A-Z_]+)=", text_of(".env.example"), re.MULTILINE)
    assert sorted(explained) == sorted(read)


def test_every_package_that_was_chosen_has_its_reason() -> None:
    """The packages that a Django site of this kind stands on need none."""
    given = {"django", "django-environ", "requests", "whitenoise", "gunicorn", "pytest-django", "factory-boy"}
    lines = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("requirements*.in")))
    asked_for = set(re.findall(r"^([a-z][\w-]*)", lines, re.MULTILINE))
    reasons = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/decisions/*.md")))
    assert sorted(p for p in asked_for - given if not re.search(rf"^\| {p} \|", reasons, re.MULTILINE)) == []
