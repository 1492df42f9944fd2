"""The settings of one installation: the .env of a fresh one, and how the variables are read."""

import ipaddress
import os
import re
import secrets
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

LEAST_SECRET, LEAST_DIFFERENT = 32, 10
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LINE = re.compile(r"\s*(#.*|(export )?\w+=.*)?")


def write_env(example: Path, target: Path, **values: str) -> bool:
    """Write ``target`` from ``example`` with a random SECRET_KEY and other ``values``, whole or not at all.

    False: it is there already and stays as it is.
    """
    if target.exists():
        return False
    text = example.read_text(encoding="utf-8")
    for name, value in {"SECRET_KEY": secrets.token_urlsafe(48), **values}.items():
        text = re.sub(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text, encoding="utf-8")
    unfinished.rename(target)
    return True


def problem_of_env(file: Path) -> str:
    """What is wrong with the file of settings, in a sentence that names no value; empty if nothing, or no file."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines() if os.path.lexists(file) else []
    except OSError as error:
        return f"{file} cannot be read ({error.strerror})."
    except UnicodeDecodeError:
        return f"{file} is no text file in UTF-8."
    wrong = next((n for n, line in enumerate(lines, 1) if not LINE.fullmatch(line)), 0)
    return f"Line {wrong} of {file} is neither NAME=value nor a comment (no spaces around =)." if wrong else ""


def _naming_the_variable(read: Callable[..., Any]) -> Any:
    """``read``, but a value that cannot be understood is refused by the variable's name: the value may be secret."""

    def reading(self: environ.Env, name: str, default: Any) -> Any:
        try:
            return read(self, name, default=default)
        except (ValueError, KeyError, ImproperlyConfigured):
            raise ImproperlyConfigured(f"{name} cannot be understood. .env.example shows what it may be.") from None

    return reading


class Environment(environ.Env):
    """The variables of the process, one method for each kind."""

    int = _naming_the_variable(environ.Env.int)
    cache_url = _naming_the_variable(environ.Env.cache_url)
    email_url = _naming_the_variable(environ.Env.email_url)

    @_naming_the_variable
    def db_url(self, name: str, default: str) -> dict[str, Any]:
        """A database; unlike the original one that is none is refused."""
        with warnings.catch_warnings(action="ignore"):  # it would print the address with its password
            database = super().db_url(name, default=default)
        if "ENGINE" not in database:
            raise ValueError
        return database

    @classmethod
    def database_at(cls, url: str) -> dict[str, Any]:
        """The database at ``url``, as given on a command line."""
        try:
            with warnings.catch_warnings(action="ignore"):
                database = cls.db_url_config(url)
        except (ValueError, KeyError, ImproperlyConfigured):
            database = {}
        if "ENGINE" not in database:
            raise ImproperlyConfigured("the address of the database cannot be understood")
        return database

    def secret(self, name: str) -> str:
        """A secret that nobody guesses, or none."""
        value = self.str(name, default="")
        if value and (len(value) < LEAST_SECRET or len(set(value)) < LEAST_DIFFERENT):
            raise ImproperlyConfigured(
                f"{name} is shorter than {LEAST_SECRET} characters or no random one. Put into .env what this prints: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return value

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        """One of ``choices``, the first by default."""
        value = self.str(name, default=choices[0])
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be {' or '.join(choices)}.")
        return value

    def networks(self, name: str) -> list[Network]:
        """Addresses and networks, separated by commas."""
        try:
            return [ipaddress.ip_network(each.strip()) for each in self.list(name, default=[])]
        except ValueError:
            raise ImproperlyConfigured(f"{name} must be addresses or networks like 10.0.0.0/8.") from None

    def address(self, name: str, default: str) -> str:
        """An address like https://library.example.org, without a slash at its end."""
        value = self.str(name, default=default).rstrip("/")
        try:
            parts = urlsplit(value)
            is_one = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in value
        except ValueError:
            is_one = False
        if not is_one or parts.query or parts.fragment or not value.isprintable():
            raise ImproperlyConfigured(f'{name} must be an address like "{default}".')
        return value


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    arguments = sys.argv[1:]
    given = dict(each.split("=", 1) for each in arguments if "=" in each)
    paths = [Path(each) for each in arguments if "=" not in each]
    try:
        write_env(root / ".env.example", paths[0] if paths else root / ".env", **given)
    except OSError as error:
        sys.exit(f"Openshelf cannot write its settings: {error.filename} ({error.strerror}).")
