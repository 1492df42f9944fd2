"""How gunicorn serves the site; the address and the number of processes are told on its command line."""

import gc
import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn.http import message

# Before prometheus_client is imported, which decides by it: the folder in which all processes of the site count.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="openshelf-counts-")

from prometheus_client.multiprocess import mark_process_dead

LONGEST_ADDRESS = 65_536  # up to there our own pages answer; a thousand letters of some scripts take nine thousand

# gunicorn lowers every limit to this one, and cuts off with a bare English line what is longer.
message.MAX_REQUEST_LINE = LONGEST_ADDRESS
limit_request_line = LONGEST_ADDRESS

worker_class = "gthread"
threads = 8
graceful_timeout = 20
loglevel = "warning"
control_socket_disable = True
MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes files without a name there
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
    worker_tmp_dir = str(MEMORY)  # signs of life need no disk, which may be full, slow or read-only

if os.environ.get("LOG_FORMAT") == "json":
    logconfig_dict = {
        "formatters": {"generic": {"()": "library_site.logs.JsonLines"}},
        "loggers": {
            "gunicorn.error": {"level": "WARNING", "handlers": ["error_console"], "propagate": False},
            # Its lines hold addresses and browsers; library_site.middleware.requests writes ours, without people.
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


def on_starting(_server: Any) -> None:
    """Say once, in a line, what is wrong with the settings, instead of letting every process say it with a trace.

    Beside ourselves, for what we had read would stay when a reload brings new settings and new code.
    """
    child = os.fork()
    if child == 0:
        os._exit(_refuse_settings())
    if os.waitpid(child, 0)[1]:
        sys.exit(1)


def _refuse_settings() -> int:
    try:
        import_module("library_site.settings")
    except ImproperlyConfigured as error:
        print(f"Openshelf cannot start: {error}", file=sys.stderr, flush=True)  # noqa: T201 - there is no log yet
        return 1
    return 0


def when_ready(server: Any) -> None:
    """Import the site here, where nobody reloads it: its processes, forked from this one, share half of their memory.

    A single process has nobody to share with. A reload (HUP) would not bring new code then. gunicorn's own --preload
    does it before the settings are looked at.
    """
    if os.environ.get("WEB_PRELOAD") == "true" and server.cfg.workers > 1:
        import_module("library_site.wsgi")
        import_module("library_site.preparing").prepare()
        _keep()


def child_exit(_server: Any, worker: Any) -> None:
    """What a process that ended has counted stays; what it was at does not."""
    mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def post_worker_init(_worker: Any) -> None:
    """What is there by now stays: it need not be looked through again and again for what can be thrown away."""
    _keep()
    gc.set_threshold(20_000, 50, 100)


def _keep() -> None:
    gc.collect()
    gc.freeze()
