"""nginx as the containers run it, with TLS, before a site that is really run. Takes long, and so only with LONG=1."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from django.conf import settings

from library_site.tests.live import LIVE, program, wants
from library_site.tests.running import Running, free_port, wait_for

PROGRAM = program("nginx")
pytestmark = [*LIVE, wants("nginx")]
ROOT = Path(settings.BASE_DIR)
HOST = "library.example"
SITE = {
    "SITE_URL": f"https://{HOST}",
    "ALLOWED_HOSTS": f"localhost,127.0.0.1,{HOST}",
    "TRUSTED_PROXY_COUNT": "1",
    "COVERS_SENT_BY_PROXY": "true",
}
CERTIFICATE = (
    f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={HOST} -addext subjectAltName=DNS:{HOST},IP:127.0.0.1"
)
PLACES = re.compile(r"/tmp/|/dev/stdout|/etc/nginx/(?=tls|certificates)|/srv/(?=public|media)")  # noqa: S108 - in containers


class Proxy:
    """nginx with the files of the containers; ``joined`` is what a compose file puts beside nginx.conf."""

    def __init__(self, folder: Path, site: Running, joined: str) -> None:
        self.folder, self.site = folder, site
        self.http, self.https = free_port(), free_port()
        for name in ("tls", "certificates"):
            (folder / name).mkdir()
        keys = ["-keyout", "certificates/privkey.pem", "-out", "certificates/fullchain.pem"]
        subprocess.run([*CERTIFICATE.split(), *keys], cwd=folder, check=True, stderr=subprocess.DEVNULL)
        (folder / "public").symlink_to(site.log.parent / "public")
        (folder / "tls" / "joined.conf").write_text(self._here(ROOT / joined))
        (folder / "nginx.conf").write_text(self._here(ROOT / "nginx.conf"))
        user = "user root; " if os.geteuid() == 0 else ""  # the folders of tests are their maker's only
        self.command = [str(PROGRAM), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", f"{user}daemon off;"]
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL)
        wait_for(self.http)

    def _here(self, file: Path) -> str:
        """What is in ``file``, with the ports and folders of this machine; older nginx speak of http2 elsewhere."""
        text = PLACES.sub(self._place, file.read_text())
        for there, here in [
            ("listen 8080;", f"listen 127.0.0.1:{self.http};"),
            ("listen 8443 ssl;\nhttp2 on;", f"listen 127.0.0.1:{self.https} ssl http2;"),
            ("http://web:8000", self.site.address),
        ]:
            text = text.replace(there, here)
        return text

    def _place(self, found: re.Match[str]) -> str:
        return f"{self.folder}/log" if found[0] == "/dev/stdout" else f"{self.folder}/"

    def ask(self, path: str, *, tls: bool = True, method: str = "GET", **how: object) -> requests.Response:
        """Ask as a browser would that typed the library's name; a redirect is not followed."""
        headers = {"Host": HOST, **how.pop("headers", {})}  # type: ignore[dict-item]
        address = f"https://127.0.0.1:{self.https}" if tls else f"http://127.0.0.1:{self.http}"
        return requests.request(
            method, address + path, headers=headers, verify=str(self.folder / "certificates" / "fullchain.pem"),
            allow_redirects=False, timeout=60, **how,
        )  # type: ignore[arg-type]  # fmt: skip

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("site"), "--demo", "no", **SITE).wait()
    running.manage("prepare", "--public", str(running.log.parent / "public"))
    yield running
    running.stop()


@pytest.fixture
def proxy(site: Running, tmp_path: Path) -> Iterator[Callable[[str], Proxy]]:
    started: list[Proxy] = []

    def start(joined: str) -> Proxy:
        started.append(Proxy(tmp_path, site, joined))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_plain_http_is_led_to_https_whatever_a_visitor_says(proxy: Callable[[str], Proxy]) -> None:
    nginx = proxy("nginx-tls.conf")
    for headers in ({}, {"X-Forwarded-Proto": "https"}):
        answer = nginx.ask("/search/?q=sea", tls=False, headers=headers)
        assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{HOST}/search/?q=sea")


def test_pages_on_https_bind_browsers_to_it(proxy: Callable[[str], Proxy]) -> None:
    answer = proxy("nginx-tls.conf").ask("/accounts/login/")
    assert (answer.status_code, answer.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
    assert [cookie.secure for cookie in answer.cookies] == [True] * len(answer.cookies)
    assert "csrftoken" in answer.headers["Set-Cookie"]


def test_what_is_too_large_is_refused_with_a_page_of_the_library_s_own(proxy: Callable[[str], Proxy]) -> None:
    nginx = proxy("nginx-tls.conf")
    for path, size in [("/accounts/login/", 250_000), ("/desk/books/", 13_000_000), ("/desk/import/upload/", 1)]:
        answer = nginx.ask(path, method="POST", data=b"x" * size)
        assert (path, answer.status_code, "too large" in answer.text) == (path, 413, True)
        assert answer.headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_for_good_and_sent_packed(proxy: Callable[[str], Proxy]) -> None:
    nginx = proxy("nginx-tls.conf")
    sheet = re.search(r'href="(/static/[^"]+\.css)"', nginx.ask("/accounts/login/").text)
    assert sheet is not None
    answer = nginx.ask(sheet[1], headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["Server"] == "nginx"


def test_behind_a_proxy_that_does_https_its_word_is_taken(proxy: Callable[[str], Proxy]) -> None:
    nginx = proxy("nginx-behind.conf")
    said = {"X-Forwarded-Proto": "https"}
    assert nginx.ask("/accounts/login/", tls=False, headers=said).status_code == 200
    assert nginx.ask("/accounts/login/", tls=False).status_code == 301
