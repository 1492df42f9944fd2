"""Writes docs/api/openapi.yaml, the description of the API as it is served."""

import os
from pathlib import Path

import django
import yaml


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "library_site.tests.settings"
    django.setup()
    from accounts.api.schema import openapi

    path = Path(__file__).parents[2] / "docs" / "api" / "openapi.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(openapi(), sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")


if __name__ == "__main__":
    main()
