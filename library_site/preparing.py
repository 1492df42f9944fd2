"""Makes what every process of the site needs, in the one they are forked from: what nobody changes they then share."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import get_default_password_validators
from django.db import connections
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from accounts.money import currency_name

TEMPLATES = Path(settings.BASE_DIR, "templates")


def prepare() -> None:
    """Read the pages, their addresses and templates, the texts of all languages, and the list of common passwords."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("account_login")
            currency_name("EUR", language)
    for path in TEMPLATES.rglob("*.html"):
        get_template(str(path.relative_to(TEMPLATES)))
    get_default_password_validators()
    connections.close_all()  # one that is shared by several processes answers neither rightly
