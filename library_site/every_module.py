"""Imports every module of the site, so that Python writes down what it compiled: done once, when an image is built."""

import os
import pkgutil
from importlib import import_module

import django

APPS = ("accounts", "catalog", "circulation", "library_site")
# What is imported by its name in a setting or on a command line, or where it is used.
BY_NAME = (
    "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "psycopg", "psycopg_pool", "redis", "urllib.request",
    "rapidfuzz.fuzz", "rapidfuzz.process", "rapidfuzz.distance.OSA", "zxingcpp",
)  # fmt: skip


def import_every_module() -> list[str]:
    """Import everything there is; the names of our own modules."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library_site.settings")
    django.setup()
    for name in BY_NAME:
        import_module(name)
    names = [each.name for app in APPS for each in pkgutil.walk_packages(import_module(app).__path__, f"{app}.")]
    for name in names:
        import_module(name)
    return names


if __name__ == "__main__":
    import_every_module()
