"""What .ci/unchanged and .ci/tagged let pass, and what they do not: tried on a small repository."""

import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from library_site import VERSION

SCRIPTS = Path(settings.BASE_DIR, ".ci")
MIGRATION, API, DATABASE = (
    "catalog/migrations/0001_catalogue.py", "docs/api/openapi.yaml", "library_site/tests/released/0.1.0.sqlite3.gz"
)  # fmt: skip
WELL = (0, "Migrations and API hold what 0.1.0 promised.\n")


class Repository:
    """One commit, and what was changed since."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in (MIGRATION, API, DATABASE, "CHANGELOG.md"):
            self.write(name, "as released")
        for name in ("unchanged", "tagged"):
            self.write(f".ci/{name}", (SCRIPTS / name).read_text())
            (self.folder / ".ci" / name).chmod(0o755)
        self.git("init", "-q")
        self.git("add", ".")
        self.git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "All")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.folder, check=True)  # noqa: S607 - whichever is installed

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def check(self, script: str = "unchanged", *arguments: str) -> tuple[int, str]:
        """Exit code and what was said."""
        command = [str(self.folder / ".ci" / script), *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.git("tag", "0.1.0")
    return made


def test_before_the_first_release_everything_may_change(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.write(MIGRATION, "changed")
    assert repository.check() == (0, "Nothing is released yet: migrations and API may change.\n")


def test_migration_that_is_added_and_api_whose_change_is_told_pass(repository: Repository) -> None:
    assert repository.check() == WELL
    repository.write("catalog/migrations/0002_more.py", "new")
    repository.git("add", ".")
    repository.write(API, "changed")
    repository.write("CHANGELOG.md", "changed")
    assert repository.check() == WELL


@pytest.mark.parametrize("name", [MIGRATION, DATABASE, API])
def test_what_was_released_and_changed_without_a_word_stops_it(repository: Repository, name: str) -> None:
    repository.write(name, "changed")
    code, said = repository.check()
    assert (code, said.splitlines()[-1].split()[-1]) == (1, name)


def test_described_api_is_where_it_is_looked_for() -> None:
    assert Path(settings.BASE_DIR, API).exists()


def test_tag_is_what_the_program_its_databases_and_its_notes_say(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.write("library_site/__init__.py", 'VERSION = "0.1.0"\n')
    for name, text in [(DATABASE.replace("sqlite3", "sql"), "rows"), ("CHANGELOG.md", "## 0.1.0 (2026-11-29)\n")]:
        repository.write(name, text)
    assert repository.check("tagged", "0.1.0") == (0, "0.1.0 is what the program, its databases and its notes say.\n")
    assert repository.check("tagged", "0.2.0") == (
        1,
        "Not 0.2.0: library_site/__init__.py says 0.1.0\n"
        "Not 0.2.0: library_site/tests/released/0.2.0.sqlite3.gz is not there\n"
        "Not 0.2.0: library_site/tests/released/0.2.0.sql.gz is not there\n"
        "Not 0.2.0: CHANGELOG.md has no heading for it\n",
    )


def test_version_of_the_present_program_is_where_it_is_looked_for() -> None:
    assert f'VERSION = "{VERSION}"' in Path(settings.BASE_DIR, "library_site", "__init__.py").read_text().splitlines()
