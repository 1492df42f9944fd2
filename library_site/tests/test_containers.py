"""What the containers need of the program: secrets made once, a preparation that ends, pages for the proxy."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client
from PIL import Image

from accounts.models import LibrarySettings
from catalog.models import Cover
from catalog.tables.dates import MONTH_LANGUAGES
from catalog.tests.factories import CopyFactory
from library_site import every_module
from library_site.container_secrets import write_secrets
from library_site.middleware.body_size import FILES, FILES_OF_PROGRAMS
from library_site.proxy_pages import write_pages
from library_site.tests.test_settings import read_setting

ROOT = Path(project.BASE_DIR)
NGINX = (ROOT / "nginx.conf").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("site", "database", "cache"):
        (tmp_path / name).mkdir()
    return tmp_path


def kept(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_secrets_are_invented_once_and_everybody_gets_the_own_one_only(folder: Path) -> None:
    assert write_secrets(folder)
    first = kept(folder)
    assert not write_secrets(folder)
    assert (kept(folder), sorted(first)) == (first, [".env", "cache.conf", "password"])
    password = first["password"]
    assert f"postgres://openshelf:{password}@db:5432/openshelf\n" in first[".env"]
    assert (password in first["cache.conf"], len(password)) == (False, 43)
    assert stat.S_IMODE((folder / "site" / ".env").stat().st_mode) == 0o600


def test_secrets_whose_making_was_cut_short_are_made_anew(folder: Path) -> None:
    write_secrets(folder)
    before = kept(folder)
    (folder / "site" / ".env").unlink()
    assert write_secrets(folder)
    assert kept(folder)["password"] != before["password"]


def test_site_starts_with_the_secrets_it_was_given(folder: Path) -> None:
    write_secrets(folder)
    names = "DATABASES['default']['HOST'], settings.CACHES['default']['BACKEND']"
    assert read_setting(names, ENV_FILE=str(folder / "site" / ".env")) == "db library_site.caches.RedisElseDatabase"


def test_preparation_lays_out_what_the_proxy_serves_and_says_where_to_begin(
    db: None, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    settings.STATIC_ROOT = str(tmp_path / "collected")
    (tmp_path / "collected").mkdir()
    (tmp_path / "collected" / "site.css").write_text("a {}")
    (tmp_path / "public" / "static").mkdir(parents=True)
    (tmp_path / "public" / "static" / "of-before.css").touch()
    LibrarySettings.objects.update(set_up_at=None)
    call_command("prepare", public=tmp_path / "public")
    said = capsys.readouterr().out
    assert re.search(r"/setup/ with the code \S+", said)
    assert sorted(path.name for path in (tmp_path / "public" / "static").iterdir()) == ["of-before.css", "site.css"]
    assert (tmp_path / "public" / "errors" / "503.html").exists()


def test_pages_of_the_proxy_are_there_in_every_language_and_in_the_library_s_own(tmp_path: Path) -> None:
    write_pages(tmp_path, "de")
    names = sorted(path.name for path in (tmp_path / "errors").iterdir())
    assert names == [f"{status}{ending}.html" for status in (413, 503) for ending in (".de", ".en", "")]
    pages = {name: (tmp_path / "errors" / name).read_text(encoding="utf-8") for name in names}
    assert pages["503.html"] == pages["503.de.html"]
    assert ("away for a moment" in pages["503.en.html"], '<html lang="en">' in pages["503.en.html"]) == (True, True)


def test_proxy_refuses_the_sizes_that_the_site_refuses() -> None:
    limits = dict(re.findall(r"location (?:=|~) (\S+) \{\s+client_max_body_size (\w+);", NGINX))
    assert limits == {"^/(desk|admin)/": "12m", FILES: "51m", FILES_OF_PROGRAMS: "51m"}
    assert re.search(r"^    client_max_body_size 200k;", NGINX, re.MULTILINE)


@pytest.fixture
def sent_by_proxy(db: None, settings: Any) -> Cover:
    """The cover of a public book, its small picture beside it, at a site whose proxy sends what is public."""
    settings.COVERS_SENT_BY_PROXY = True
    book = CopyFactory().book
    for name in ("covers/1.jpg", "covers/1-s.jpg"):
        path = Path(settings.MEDIA_ROOT, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a picture")
    return Cover.objects.create(book=book, file="covers/1.jpg", width=1, height=1, state="done")


@pytest.mark.parametrize(("size", "file"), [("cover", "1.jpg"), ("cover-s", "1-s.jpg")])
def test_cover_everybody_may_see_is_sent_by_the_proxy(sent_by_proxy: Cover, size: str, file: str) -> None:
    answer = Client().get(f"/books/{sent_by_proxy.book_id}/{size}.jpg")
    assert (answer.headers["X-Accel-Redirect"], answer.content) == (f"/sent-by-proxy/covers/{file}", b"")
    assert answer.headers["Cache-Control"].startswith("public")
    assert re.search(r"location /sent-by-proxy/ \{[^}]*internal;", NGINX)


def test_cover_only_the_desk_may_see_is_sent_by_the_site(sent_by_proxy: Cover, desk: Client) -> None:
    sent_by_proxy.book.copies.update(withdrawn_on="2026-01-01")
    path = f"/books/{sent_by_proxy.book_id}/cover.jpg"
    assert Client().get(path).status_code == 404
    answer = desk.get(path)
    assert (answer.getvalue(), "X-Accel-Redirect" in answer.headers) == (b"a picture", False)


def test_small_cover_that_is_not_made_yet_is_made_and_sent_by_the_site(sent_by_proxy: Cover, settings: Any) -> None:
    Image.new("RGB", (500, 750)).save(Path(settings.MEDIA_ROOT, "covers/1.jpg"))
    Path(settings.MEDIA_ROOT, "covers/1-s.jpg").unlink()
    path = f"/books/{sent_by_proxy.book_id}/cover-s.jpg"
    first, second = Client().get(path), Client().get(path)
    assert (first.content[:2], "X-Accel-Redirect" in first.headers) == (b"\xff\xd8", False)
    assert second.headers["X-Accel-Redirect"] == "/sent-by-proxy/covers/1-s.jpg"


def test_image_compiles_every_app_of_ours() -> None:
    ours = {name for name in project.INSTALLED_APPS if (ROOT / name).is_dir()}
    assert set(every_module.APPS) == ours


def test_image_keeps_the_languages_that_the_site_speaks_and_reads() -> None:
    kept = dict(re.findall(r'^ARG (LANGUAGES|READ)="([a-z ]+)"$', (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    assert kept["LANGUAGES"].split() == [code for code, _name in project.LANGUAGES]
    assert set(kept["READ"].split()) == {*MONTH_LANGUAGES, "en", "de", "fr", "es"}


@pytest.mark.parametrize("page", ["away", "too-large"])
def test_page_of_the_proxy_is_shown_however_large_what_was_sent(page: str) -> None:
    """With HTTP/2 nginx asks for the size once more at the page's own address."""
    location = re.search(rf"location = /shown/{page} {{(.*?)\n        }}", NGINX, re.DOTALL)
    assert location
    assert "client_max_body_size 0;" in location[1]


def test_behind_another_proxy_two_are_believed_and_how_visitors_came_is_told_by_the_first() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.behind.yml").read_text(encoding="utf-8"))
    assert compose["services"]["web"]["environment"] == {"TRUSTED_PROXY_COUNT": "${OPENSHELF_PROXIES:-2}"}
    assert compose["services"]["proxy"]["volumes"] == ["./nginx-behind.conf:/etc/nginx/tls/behind.conf:ro"]
    assert "set $came_by $http_x_forwarded_proto;" in (ROOT / "nginx-behind.conf").read_text(encoding="utf-8")
