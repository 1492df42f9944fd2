"""The site's settings as the tests run them: nothing from the developer's .env, cheap passwords, no network."""

import os
import tempfile
from pathlib import Path

os.environ["ENV_FILE"] = os.devnull
os.environ.setdefault("SECRET_KEY", "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("OPENLIBRARY_CONTACT", "tests@library.example")
os.environ.setdefault("OPENLIBRARY_URL", "http://127.0.0.1:9")
os.environ.setdefault("OPENLIBRARY_COVERS_URL", "http://127.0.0.1:9")
SCRATCH = tempfile.mkdtemp(prefix="openshelf-tests-")
os.environ["DATA_DIR"] = SCRATCH  # whatever a parent process of the tests had: each empties its own

from library_site.settings import *  # noqa: E402,F403 - the environment must be set first; all settings are wanted

MEDIA_ROOT = f"{SCRATCH}/media"  # of each process of the tests its own
STATIC_ROOT = Path(SCRATCH)  # there, but empty: the tests serve static files from where they are written
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
if DATABASE["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # Threads and live servers need a file: an in-memory database locks per table.
    DATABASE["TEST"] = {"NAME": f"{SCRATCH}/test.db"}  # noqa: F405
