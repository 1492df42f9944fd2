"""30, packages with known holes: all are pinned with their hashes, and a pin that is not the newest patch is told.

Whether a newer patch is there only the index knows: `python -m library_site.tests.threats.newest`, part of `make long`.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings

from library_site.tests.threats.breaking import Break
from library_site.tests.threats.newest import behind, newest_patch, pins

BREAKS = [
    Break("requirements.txt", "\ngunicorn==", "\ngunicorn>="),
    Break("Makefile", "pip install --quiet --require-hashes -r requirements.txt", "pip install -r requirements.txt"),
    Break("library_site/tests/threats/newest.py", "each.release[:2] == own.release[:2]", "each.release == own.release"),
    Break("Dockerfile", "--require-hashes", "--no-deps"),
]
ROOT = Path(settings.BASE_DIR)
LOCKS = sorted(ROOT.glob("requirements*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_with_hashes(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    packages = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    loose = [
        line[:60] for line in packages if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+( ;[^#]*?)? +--hash=sha256:", line)
    ]
    assert (loose, packages != []) == ([], True)


def test_nothing_is_installed_without_its_hash() -> None:
    files = [ROOT / "Makefile", ROOT / "Dockerfile"]
    installs = [line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()
                if re.search(r"\bpip\b.* install ", line)]  # fmt: skip
    assert ([line for line in installs if "--require-hashes" not in line], len(installs) >= 4) == ([], True)


def test_no_library_of_others_lies_among_the_scripts() -> None:
    """What comes in a package is renewed with it; what is copied in is forgotten."""
    scripts = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "static").rglob("*.js")}
    assert [
        name for name, text in scripts.items() if re.search(r"(?i)licen[sc]e|copyright|@version|jquery", text)
    ] == []


@pytest.mark.parametrize(
    ("pinned", "listed", "newest"),
    [
        ("5.2.17", ["6.0.1", "5.2.19", "5.2.18", "5.1.30"], "5.2.19"), ("5.2.19", ["5.2.19", "5.2.18"], "5.2.19"),
        ("2.31", ["2.32", "2.31.1", "2.31"], "2.31.1"), ("5.2.9", ["5.2.10", "5.2.9"], "5.2.10"),
        ("1.0.0", ["1.0.1rc1", "1.0.0", "1.0-reupload"], "1.0.0"), ("1.0.0", [], "1.0.0"),
    ],
)  # fmt: skip
def test_newest_of_a_series_is_its_last_patch(pinned: str, listed: list[str], newest: str) -> None:
    assert newest_patch(pinned, listed) == newest


def test_pin_that_is_behind_is_told_and_the_others_are_not() -> None:
    listed = {"django": ["6.0", "5.2.19"], "requests": ["2.32.4"]}
    told = list(behind({"django": "5.2.17", "requests": "2.32.4"}, listed.__getitem__))
    assert (told, "django" in pins(), len(pins()) > 50) == (["django 5.2.17: there is 5.2.19"], True, True)
