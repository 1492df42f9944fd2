"""29, a process that remembers settings of before: each request reads them anew, whichever process answers it."""

from pathlib import Path

import pytest
import requests

from library_site.tests.running import Running
from library_site.tests.threats.breaking import Break

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]
BREAKS = [
    Break("accounts/queries/__init__.py", "def library() -> LibrarySettings:",
          '@__import__("functools").cache\ndef library() -> LibrarySettings:'),
]  # fmt: skip
CHANGE = "from accounts.models import LibrarySettings; LibrarySettings.objects.update(name='Town Library')"


def test_change_of_settings_is_seen_by_every_process_at_once(tmp_path: Path) -> None:
    running = Running(tmp_path, "--demo", "no", WEB_CONCURRENCY="2").wait()
    try:
        for _each in range(10):
            requests.get(f"{running.address}/search/", timeout=30)
        running.manage("shell", "-c", CHANGE)
        pages = [requests.get(f"{running.address}/search/", timeout=30).text for _each in range(20)]
    finally:
        assert running.stop() == 0
    assert [page for page in pages if "Town Library" not in page] == []
