"""Posting to an address of somebody else's choice: over https, to nothing inside a network, in a limited time."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.services.posting import PostFailed, post
from accounts.tests.listening import Listener, listening, names_lead_to


@pytest.fixture
def listener(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    with listening(settings, monkeypatch) as found:
        yield found


def test_body_and_headers_arrive_and_the_status_comes_back(listener: Listener) -> None:
    assert post(listener.url, b"{}", {"Content-Type": "application/json"}) == 204
    [(headers, body)] = listener.heard
    told = (headers["Host"], headers["Content-Type"], headers["User-Agent"], body)
    assert told == (f"127.0.0.1:{listener.port}", "application/json", "Openshelf-Webhooks/1", b"{}")


def test_name_is_looked_up_once_and_what_was_looked_at_is_connected_to(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    names_lead_to(monkeypatch, "127.0.0.1")
    assert post(f"https://hooks.example:{listener.port}/", b"{}", {}) == 204


def test_next_address_is_tried_where_the_first_takes_no_connection(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    names_lead_to(monkeypatch, "127.0.0.9", "127.0.0.1")
    assert post(f"https://hooks.example:{listener.port}/", b"{}", {}) == 204


@pytest.mark.parametrize("inside", ["10.0.0.7", "::1", "169.254.169.254"])
def test_nothing_is_sent_if_one_of_the_addresses_is_inside_a_network(
    inside: str, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    names_lead_to(monkeypatch, "127.0.0.1", inside)
    with pytest.raises(PostFailed, match="inside a network"):
        post(f"https://hooks.example:{listener.port}/", b"{}", {})
    assert listener.heard == []


def test_loopback_is_not_reached_unless_it_is_allowed(listener: Listener, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    with pytest.raises(PostFailed, match="inside a network"):
        post(listener.url, b"{}", {})
    assert listener.heard == []


def test_certificate_of_another_name_is_not_trusted(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    names_lead_to(monkeypatch, "127.0.0.1")
    with pytest.raises(PostFailed, match="No secure connection"):
        post(f"https://other.example:{listener.port}/", b"{}", {})
    assert listener.heard == []


def test_certificate_nobody_vouches_for_is_not_trusted(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(PostFailed, match="No secure connection"):
        post(listener.url, b"{}", {})


def test_redirect_is_an_answer_and_not_followed(listener: Listener) -> None:
    listener.status, listener.location = 302, listener.url
    assert (post(listener.url, b"{}", {}), len(listener.heard)) == (302, 1)


def test_answer_that_never_ends_is_cut_off_in_time(listener: Listener) -> None:
    listener.drip = 0.02
    begun = time.monotonic()
    with pytest.raises(PostFailed, match="no answer in time"):
        post(listener.url, b"{}", {}, seconds=0.3)
    assert time.monotonic() - begun < 2


def test_address_where_nobody_listens_is_said_to_be_out_of_reach(settings: Any, listener: Listener) -> None:
    with pytest.raises(PostFailed, match="cannot be reached"):
        post("https://127.0.0.1:9/", b"{}", {})


def test_name_without_an_address_is_said_to_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    names_lead_to(monkeypatch)
    with pytest.raises(PostFailed, match="no address for the name"):
        post("https://hooks.example/", b"{}", {})


def test_what_is_no_https_address_is_not_tried() -> None:
    with pytest.raises(PostFailed, match="begins with https"):
        post("http://example.org/", b"{}", {})
