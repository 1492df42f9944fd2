"""The log: a line for a refusal, the whole story of a fault."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from library_site.logs import OneLineRefusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the console would show, through the handler of the settings."""
    (handler,) = [each for each in logging.getLogger().handlers if _has_filter(each)]
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def _has_filter(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.StreamHandler) and any(isinstance(f, OneLineRefusals) for f in handler.filters)


def lines(log: io.StringIO) -> list[str]:
    """The lines without their moment."""
    return [line.split(" ", 2)[-1] for line in log.getvalue().splitlines()]


def test_librarian_at_the_door_of_the_admin_site_is_one_line(desk: Client, log: io.StringIO) -> None:
    page = desk.get("/admin/", follow=True)
    assert page.status_code == 403
    assert lines(log) == ["WARNING django.request: Forbidden (Permission denied): /admin/login/"]


def test_page_that_is_not_open_to_a_member_is_one_line(mine: Client, log: io.StringIO) -> None:
    mine.get("/desk/")
    assert lines(log) == ["WARNING django.request: Forbidden (Permission denied): /desk/"]


def test_unknown_host_is_one_line(client: Client, log: io.StringIO) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert [line[:56] for line in lines(log)] == ["ERROR django.security.DisallowedHost: Invalid HTTP_HOST "]


def test_fault_is_told_with_where_it_happened(
    client: Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(count: int) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("catalog.queries.new_arrivals", break_down)
    client.raise_request_exception = False
    assert client.get("/").status_code == 500
    first, *story = lines(log)
    assert (first, story[0], story[-1]) == (
        "ERROR django.request: Internal Server Error: /", "(most recent call last):", "planted",
    )  # fmt: skip
