"""``serve``: brings the database up to date, then runs the site and the worker, which stop together."""

import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection, connections

from library_site.first_run import greeting, is_new
from library_site.operation.readiness import clock_problem
from library_site.processes import BETWEEN
from library_site.static_files import collect_if_changed

UNCONFIGURED = "http://127.0.0.1:8000"  # as in .env.example
EVERYWHERE = "0.0.0.0"  # noqa: S104 - bound only where it is asked for
THIS_MACHINE = ["localhost", "127.0.0.1"]


class Command(BaseCommand):
    help = "Run the library: the site (gunicorn) and the worker."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 opens the site to the local network")
        parser.add_argument("--port", default=8000, type=int)
        parser.add_argument("--demo", default="yes", choices=["yes", "no"], help="fill an empty database")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        self._refuse_to_show_faults(host)
        self._refuse_taken_port(host, port)
        self._refuse_closed_folders()
        call_command("migrate", verbosity=0)
        if problem := clock_problem():
            self.stderr.write(f"Warning: {problem}. Set it right: due dates and fines hang on it.")
        collect_if_changed()
        if options["demo"] == "yes" and is_new():
            self.stdout.write("The library is empty: loading the demo library (DEMO=no leaves it empty) ...")
            call_command("load_demo", verbosity=0)
        address = self._address(host, port)
        self._greet(address)
        self._become(self._commands(host, port), self._environment(host, address))

    def _refuse_to_show_faults(self, host: str) -> None:
        if settings.DEBUG and host not in THIS_MACHINE:
            raise CommandError("DEBUG=true shows everything to whoever causes a fault: not on the network.")

    def _refuse_taken_port(self, host: str, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except (OSError, OverflowError) as error:
                problem = getattr(error, "strerror", None) or error
                raise CommandError(
                    f"Port {port} of {host} cannot be used ({problem}). Stop what uses it or: make run PORT=8001"
                ) from error

    def _refuse_closed_folders(self) -> None:
        database = [Path(connection.settings_dict["NAME"]).parent] if connection.vendor == "sqlite" else []
        folders = [*database, Path(settings.MEDIA_ROOT)]
        for folder in folders:
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise CommandError(f"The folder {folder} cannot be made ({error.strerror}).") from error
            if not os.access(folder, os.W_OK | os.X_OK):
                raise CommandError(f"The folder {folder} cannot be written to by the user who runs Openshelf.")

    def _reachable_as(self, host: str) -> str:
        if host != EVERYWHERE:
            return host
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:  # connecting a datagram socket sends nothing
            try:
                probe.connect(("10.255.255.255", 1))
            except OSError:
                return "127.0.0.1"
            return probe.getsockname()[0]

    def _address(self, host: str, port: int) -> str:
        """The configured address, or where this machine can be reached if none was configured."""
        return settings.SITE_URL if settings.SITE_URL != UNCONFIGURED else f"http://{self._reachable_as(host)}:{port}"

    def _environment(self, host: str, address: str) -> dict[str, str]:
        """Settings of the site: it answers under every name it has here, the health check's 127.0.0.1 among them."""
        names = [self._reachable_as(host), *THIS_MACHINE]
        if host == EVERYWHERE:
            names += [socket.gethostname(), f"{socket.gethostname()}.local"]
        hosts = dict.fromkeys([*settings.ALLOWED_HOSTS, *names])
        return {"WEB_PRELOAD": "true", **os.environ, "ALLOWED_HOSTS": ",".join(hosts), "SITE_URL": address}

    def _greet(self, address: str) -> None:
        title, *lines = greeting(address)
        self.stdout.write(self.style.SUCCESS(f"\n{title}"))
        for line in [*lines, "Stop with Ctrl-C.\n"]:
            self.stdout.write(line)
        self.stdout.flush()

    def _become(self, commands: list[list[str]], environment: dict[str, str]) -> None:
        """Go on as the small program that runs ``commands``: the 100 MB imported up to here are not needed."""
        connections.close_all()
        os.chdir(settings.BASE_DIR)
        joined = [word for command in commands for word in [*command, BETWEEN]][:-1]
        os.execve(sys.executable, [sys.executable, "-m", "library_site.processes", *joined], environment)  # noqa: S606 - ourselves

    def _commands(self, host: str, port: int) -> list[list[str]]:
        site = [
            sys.executable, "-m", "gunicorn", "library_site.wsgi", "--bind", f"{host}:{port}",
            "--workers", str(settings.WEB_CONCURRENCY), "--config", "python:library_site.web_server",
        ]  # fmt: skip
        return [site, [sys.executable, "manage.py", "worker"]]
