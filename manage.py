#!/usr/bin/env python
"""Django's command-line entry for Openshelf."""

import os
import sys
from argparse import ArgumentParser

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    named = ArgumentParser(add_help=False, allow_abbrev=False)
    named.add_argument("--settings", default=os.environ.get("DJANGO_SETTINGS_MODULE", "library_site.settings"))
    os.environ["DJANGO_SETTINGS_MODULE"] = named.parse_known_args()[0].settings
    try:
        settings.DEBUG  # noqa: B018 - reading one setting loads them all
    except ImproperlyConfigured as error:
        sys.exit(f"Openshelf cannot start: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
