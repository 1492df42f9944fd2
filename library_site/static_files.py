"""The static files as they are served: collected and compressed again only when one of them changed."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

MANIFEST = "staticfiles.json"  # written last: an interrupted collection is taken up again


def collect_if_changed() -> bool:
    """Collect the static files where any is newer than the last collection. False: nothing to do."""
    manifest = Path(settings.STATIC_ROOT, MANIFEST)
    if manifest.exists() and manifest.stat().st_mtime > _newest():
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    return True


def _newest() -> float:
    files = (storage.path(name) for finder in get_finders() for name, storage in finder.list([]))
    return max(Path(file).stat().st_mtime for file in files)
