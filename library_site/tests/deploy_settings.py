"""The settings of a library on the internet, for Django's own deployment checks."""

import os

os.environ["SITE_URL"] = "https://library.example.org"
os.environ["ALLOWED_HOSTS"] = "library.example.org"
os.environ["TRUSTED_PROXY_COUNT"] = "1"
os.environ["HSTS_WHOLE_DOMAIN"] = "true"

from library_site.tests.settings import *  # noqa: F403 - the environment must be set first; all settings are wanted
