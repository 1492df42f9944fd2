"""The example program of docs/api does what it says, against the site itself."""

from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
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
