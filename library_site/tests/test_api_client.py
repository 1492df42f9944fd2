"""The example program of docs/api does what it says, against the site itself."""

import json
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings

from accounts.models import Member
from accounts.services.tokens import make_token, new_token_text
from catalog.models import Copy
from catalog.tests.openlibrary.conftest import playing_open_library
from catalog.tests.views.pages import FOX, know_the_fox
from circulation.models import Loan

pytestmark = pytest.mark.django_db(transaction=True)


def program() -> Any:
    spec = spec_from_file_location("client", Path(settings.BASE_DIR, "docs", "api", "client.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Line:
    """A connection on which answers come, or get lost, one after the other."""

    def __init__(self, *answers: tuple[int, str, dict[str, Any]] | Exception) -> None:
        self.answers, self.keys, self.headers = list(answers), [], {}

    def post(self, _url: str, *, headers: dict[str, str], **_more: Any) -> requests.Response:
        self.keys.append(headers["Idempotency-Key"])
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        response = requests.Response()
        response.status_code, kind, said = answer
        response._content = json.dumps(said).encode()
        response.headers["Content-Type"] = kind
        if response.status_code in (409, 503):
            response.headers["Retry-After"] = "0"
        return response


PROBLEM = "application/problem+json"
DONE = (201, "application/json", {"id": 1, "card_number": "M1", "name": "Ada"})
RUNNING = (409, PROBLEM, {"status": 409, "type": "/api/v1/problems/in_progress", "detail": "It still runs."})


@pytest.mark.parametrize("first", [requests.ReadTimeout(), requests.ConnectionError(), RUNNING])
def test_example_sends_what_was_lost_again_with_its_key(first: Any) -> None:
    module = program()
    library = module.Library("https://library.example.org", "osh_1")
    library.session = Line(first, DONE)
    assert library.register_member("Ada") == module.Member(1, "M1", "Ada")
    assert (len(library.session.keys), len(set(library.session.keys))) == (2, 1)


def test_example_tells_problems_from_what_others_answer() -> None:
    module = program()
    library = module.Library("https://library.example.org", "osh_1")
    library.session = Line(*[RUNNING] * 3, (502, "text/html", {}))
    with pytest.raises(module.Refused) as refused:
        library.register_member("Ada")
    with pytest.raises(requests.HTTPError):
        library.register_member("Ada")
    assert (refused.value.status, refused.value.code) == (409, "in_progress")


def test_example_registers_saves_issues_and_takes_back(
    live_server: Any, make_user: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    text, user = new_token_text(), make_user("Librarian")
    make_token(user, text=text, name="Example", scopes=["circulate", "manage"], valid_for=timedelta(days=1), by=user)
    with playing_open_library(monkeypatch) as stub:
        settings.OPENLIBRARY_URL = settings.OPENLIBRARY_COVERS_URL = stub.url
        know_the_fox(stub)
        program().main(live_server.url, text, FOX)
    loan, copy, member = Loan.objects.get(), Copy.objects.get(), Member.objects.get()
    assert (loan.member, loan.copy, loan.returned_at is None) == (member, copy, False)
    assert capsys.readouterr().out.splitlines()[:2] == [
        f"Ada Example has the card {member.card_number}.",
        f"“Fantastic Mr. Fox” is in the library (added), its copy {copy.barcode}.",
    ]
