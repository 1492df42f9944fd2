#!/usr/bin/env python
"""Django's command-line entry for Openshelf."""

import os
import sys
from argparse import ArgumentParser

from django import get_version
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

from library_site import VERSION

INTERRUPTED = 130  # what a shell expects of a program that Ctrl-C ended


def main() -> None:
    if sys.argv[1:] in (["version"], ["--version"]):  # Django would tell its own
        sys.stdout.write(f"Openshelf {VERSION} (Django {get_version()})\n")
        return
    named = ArgumentParser(add_help=False, allow_abbrev=False)
    named.add_argument("--settings", default=os.environ.get("DJANGO_SETTINGS_MODULE", "library_site.settings"))
    os.environ["DJANGO_SETTINGS_MODULE"] = named.parse_known_args()[0].settings
    try:
        settings.DEBUG  # noqa: B018 - reading one setting loads them all
    except ImproperlyConfigured as error:
        sys.exit(f"Openshelf cannot start: {error}")
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except OperationalError as error:
        if "--traceback" in sys.argv:
            raise
        reason = " ".join(str(error).split())
        sys.exit(f"Openshelf cannot use its database: {reason}. (--traceback says where it stood.)")


if __name__ == "__main__":
    main()
