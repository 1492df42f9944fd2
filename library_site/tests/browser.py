"""Where Chromium is, for the tests that need one."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The path of Chromium (or of CHROMIUM in the environment), or None where there is none."""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


if __name__ == "__main__" and chromium() is None:
    print("No Chromium found: the browser tests are left out (apt install chromium brings it).")
