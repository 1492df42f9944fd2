"""``serve``: brings the database up to date, then runs the site and the worker, which stop together."""

import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from accounts.models import LibrarySettings, Member, User
from accounts.services.library import new_set_up_code
from catalog.models import Book
from library_site.demo.signing_in import sign_ins_that_work

STOPPING_SECONDS = 25
UNCONFIGURED = "http://127.0.0.1:8000"  # as in .env.example


class Command(BaseCommand):
    help = "Run the library: the site (gunicorn) and the worker."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 opens the site to the local network")
        parser.add_argument("--port", default=8000, type=int)
        parser.add_argument("--demo", default="yes", choices=["yes", "no"], help="fill an empty database")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        self._refuse_taken_port(host, port)
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if options["demo"] == "yes" and self._is_empty():
            self.stdout.write("The library is empty: loading the demo library (DEMO=no leaves it empty) ...")
            call_command("load_demo", verbosity=0)
        address = self._address(host, port)
        self._greet(address)
        self._run(host, port, self._environment(host, address))

    def _refuse_taken_port(self, host: str, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} of {host} cannot be used ({error.strerror}). Stop what uses it or: make run PORT=8001"
                ) from error

    def _is_empty(self) -> bool:
        return not (User.objects.exists() or Member.objects.exists() or Book.objects.exists())

    def _reachable_as(self, host: str) -> str:
        if host != "0.0.0.0":  # noqa: S104 - compared, not bound
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
        hosts = dict.fromkeys([*settings.ALLOWED_HOSTS, self._reachable_as(host)])
        return {**os.environ, "ALLOWED_HOSTS": ",".join(hosts), "SITE_URL": address}

    def _greet(self, address: str) -> None:
        self.stdout.write(self.style.SUCCESS(f"\nOpenshelf: {address}"))
        for name, password, role in sign_ins_that_work():
            self.stdout.write(f"  sign in as {name:<12} password {password}   ({role}, demo)")
        if LibrarySettings.current().set_up_at is None:
            self.stdout.write(f"  Set the library up at {address}/setup/ with the code {new_set_up_code()}")
        self.stdout.write("Stop with Ctrl-C.\n")
        self.stdout.flush()

    def _run(self, host: str, port: int, environment: dict[str, str]) -> None:
        python = sys.executable
        site = [
            python, "-m", "gunicorn", "library_site.wsgi", "--bind", f"{host}:{port}", "--worker-class", "gthread",
            "--workers", os.environ.get("WEB_CONCURRENCY", "2"), "--threads", "8", "--no-control-socket",
            "--log-level", "warning", "--graceful-timeout", "20",
        ]  # fmt: skip
        worker = [python, "manage.py", "worker"]
        processes = [subprocess.Popen(c, env=environment, cwd=settings.BASE_DIR) for c in (site, worker)]  # noqa: S603 - our own commands
        asked_to_stop = self._stop_on_signal()
        while not asked_to_stop and all(process.poll() is None for process in processes):
            time.sleep(0.2)
        self._stop(processes)
        if not asked_to_stop:
            raise CommandError("The site or the worker stopped by itself; the other was stopped too.")

    def _stop_on_signal(self) -> list[int]:
        received: list[int] = []
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(name, lambda number, _frame: received.append(number))
        return received

    def _stop(self, processes: list[subprocess.Popen]) -> None:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOPPING_SECONDS
        for process in processes:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
