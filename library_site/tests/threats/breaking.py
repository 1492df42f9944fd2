"""Breaks a copy of the project in the ways the threats' modules name, and sees whether their tests notice.

python -m library_site.tests.threats.breaking [NUMBER ...]    all of them, or those of these numbers
"""

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import django

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", "node_modules", "staticfiles", "media", "*.sqlite3*")


@dataclass(frozen=True)
class Break:
    """A change of our code: ``old``, which stands once in the file at ``path``, becomes ``new``.

    ``test`` is the name of a test of the module, if not just any of them is to notice.
    """

    path: str
    old: str
    new: str
    test: str = ""


def modules(numbers: list[str]) -> list[str]:
    """The names of the modules of these numbers, or all."""
    found = sorted(each.stem for each in HERE.glob("test_[0-9][0-9]_*.py"))
    return [name for name in found if not numbers or name.split("_")[1] in {each.zfill(2) for each in numbers}]


def notices(copy: Path, module: str, broken: Break) -> bool:
    """Whether a test of the module fails in a copy broken like that; the copy is whole again afterwards."""
    file = copy / broken.path
    text = file.read_text()
    if text.count(broken.old) != 1:
        raise SystemExit(f"{module}: {broken.path} has {text.count(broken.old)} times: {broken.old!r}")
    file.write_text(text.replace(broken.old, broken.new))
    try:
        return _run(copy, module, broken.test) == 1  # 1: tests failed; anything else is no answer
    finally:
        file.write_text(text)


def _run(copy: Path, module: str, test: str) -> int:
    path = f"library_site/tests/threats/{module}.py"
    chosen = ["-k", test] if test else []
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", path, *chosen]
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}  # else a change within the same second goes unseen
    return subprocess.run(command, check=False, cwd=copy, env=variables, capture_output=True).returncode


def main(numbers: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library_site.tests.settings")
    django.setup()  # the modules import models
    missed = 0
    with tempfile.TemporaryDirectory(prefix="openshelf-broken-") as scratch:
        copy = Path(shutil.copytree(PROJECT, Path(scratch) / "copy", ignore=LEFT_OUT))
        for module in modules(numbers):
            for broken in importlib.import_module(f"{__package__}.{module}").BREAKS:
                noticed = notices(copy, module, broken)
                missed += not noticed
                print(f"{'noticed' if noticed else 'MISSED '}  {module}  {broken.path}: {broken.new!r}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
