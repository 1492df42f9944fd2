"""Whatever is wrong with a request: one problem document of a stable type, and nothing is changed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.models import Action, Member, User
from accounts.services.tokens import revoke_token
from accounts.tests.api.programs import V1, Program, problem_of
from accounts.tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
MEMBERS = f"{V1}members"


@pytest.fixture
def program(librarian: User) -> Program:
    return Program(librarian)


def post(program: Program, body: str | bytes, content_type: str = "application/json", **headers: str) -> Any:
    sent = program.sent | headers
    return program.post(MEMBERS, body, content_type=content_type, headers=sent)


# --- tokens ---------------------------------------------------------------------------------------


def test_closed_address_wants_a_token(program: Program) -> None:
    answer = Program().ask("GET", "members")
    assert (problem_of(answer), answer.headers["WWW-Authenticate"]) == ((401, "not_signed_in"), "Bearer")


@pytest.mark.parametrize("sent", ["Bearer osh_nothing", "Bearer", "bearer nothing", "Bearer osh_\udcff"])
def test_unknown_token_opens_nothing_not_even_what_is_public(sent: str, program: Program) -> None:
    program.sent = {"Authorization": sent}
    for address in ("members", "books"):
        answer = program.ask("GET", address)
        assert problem_of(answer) == (401, "token_unknown")
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_another_kind_of_authorization_is_none(program: Program) -> None:
    program.sent = {"Authorization": "Basic bGVuYTpzZWNyZXQ="}
    assert problem_of(program.ask("GET", "books")) == (401, "not_signed_in")


def test_revoked_expired_and_closed_have_a_type_each(program: Program, librarian: User) -> None:
    answers = []
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=False):
        answers.append(problem_of(program.ask("GET", "me")))
    User.objects.update(is_active=False)
    answers.append(problem_of(program.ask("GET", "me")))
    revoke_token(program.token, by=librarian)
    answers.append(problem_of(program.ask("GET", "me")))
    assert answers == [(401, "token_expired"), (401, "user_disabled"), (401, "token_revoked")]


def test_token_without_the_scope_does_nothing(librarian: User) -> None:
    answer = Program(librarian, scopes=["read", "circulate"]).ask("POST", "members", {"name": "Mia"})
    assert (problem_of(answer), answer.json()["scope"], Member.objects.count()) == ((403, "scope_missing"), "manage", 0)
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="manage"'


def test_token_gives_no_right_that_its_owner_has_not(member_user: User) -> None:
    other = MemberFactory()
    program = Program(member_user)
    asked = [("GET", "members"), ("GET", f"members/{other.pk}"), ("DELETE", f"members/{other.pk}"), ("GET", "copies")]
    assert [problem_of(program.ask(*each)) for each in asked] == [(403, "not_allowed")] * 4


def test_who_has_a_first_password_changes_it_first(program: Program) -> None:
    User.objects.update(must_change_password=True)
    assert problem_of(program.ask("GET", "me")) == (403, "password_must_change")


def test_cookies_never_count_and_none_is_set(desk: Client, program: Program) -> None:
    assert problem_of(desk.get(MEMBERS)) == (401, "not_signed_in")
    answer = program.ask("GET", "members")
    assert (answer.status_code, dict(answer.cookies)) == (200, {})


# --- bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "{", "nonsense", '{"name": NaN}', '{"name": "a", "name": "b"}', b'{"name": "\xff"}', '{"name": "\\ud800"}',
        "[" * 21 + "]" * 21, "[" * 90_000, '{"x":' * 30 + "1" + "}" * 30, "1" * 5_000,
    ],
)  # fmt: skip
def test_what_is_no_json_is_one_kind_of_problem(body: str | bytes, program: Program) -> None:
    assert (problem_of(post(program, body)), Member.objects.count()) == ((400, "bad_json"), 0)


@pytest.mark.parametrize("body", ["", "[]", "7", "null", '"text"', "[" * 20 + "]" * 20])
def test_json_that_is_no_object_is_not_valid(body: str, program: Program) -> None:
    assert problem_of(post(program, body)) == (400, "invalid")


@pytest.mark.parametrize("name", ["id", "loans_ever", "nonsense", "user", "removed_at", "pk", "name__in", ""])
def test_unknown_and_read_only_fields_are_refused(name: str, program: Program) -> None:
    answer = program.ask("POST", "members", {"name": "Mia", name: 1})
    assert (problem_of(answer), answer.json()["fields"], Member.objects.count()) == ((400, "unknown_field"), [name], 0)


@pytest.mark.parametrize(("body", "problem"), [('{"x": 1}', "unknown_field"), ("{{{", "bad_json"), ("[1]", "invalid")])
def test_body_where_none_is_wanted_is_refused_and_nothing_done(body: str, problem: str, program: Program) -> None:
    answers = [
        program.generic("POST", f"{V1}logout", body, "application/json", headers=program.sent),
        program.generic("DELETE", f"{MEMBERS}/{MemberFactory().pk}", body, "application/json", headers=program.sent),
    ]
    assert [problem_of(each) for each in answers] == [(400, problem)] * 2
    assert (Member.objects.filter(removed_at=None).count(), program.ask("GET", "me").status_code) == (1, 200)


def test_body_in_pieces_is_refused_with_what_to_do_about_it(program: Program) -> None:
    sent = program.sent | {"Transfer-Encoding": "chunked"}
    answer = program.generic("POST", MEMBERS, "", "application/json", headers=sent)
    assert problem_of(answer) == (411, "length_needed")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/xml"])
def test_body_of_another_type_is_refused(kind: str, program: Program) -> None:
    answer = post(program, '{"name": "Mia"}', kind)
    assert (problem_of(answer), answer.json()["detail"]) == (
        (415, "wrong_content_type"),
        "Send this as application/json.",
    )


def test_body_too_large_is_refused_before_anybody_is_asked_who_it_is() -> None:
    assert problem_of(post(Program(), "x" * 200_001)) == (413, "too_large")


def test_every_wrong_field_is_named(program: Program) -> None:
    body = {"name": " ", "email": "nobody", "category": 99, "joined_on": "1.5.2026", "keep_history": 1}
    answer = program.ask("POST", "members", body)
    assert (problem_of(answer), sorted(answer.json()["errors"])) == ((400, "invalid"), sorted(body))


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["nothing", "members/", "members/0", f"members/{2**70}", "members/x", "", "../api/x"]
)
def test_what_is_not_there_is_one_kind_of_problem(address: str, program: Program) -> None:
    assert problem_of(program.ask("GET", address)) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("x=1", "unknown_parameter"), ("name__startswith=a", "unknown_parameter"), ("format=html", "unknown_parameter"),
        ("limit=0", "invalid"), ("limit=101", "invalid"), ("limit=ten", "invalid"), ("limit=5&limit=6", "invalid"),
        ("ordering=password", "invalid"), ("fields=id,pin_hash", "unknown_field"), ("cursor=x", "bad_cursor"),
        ("category=%00", "invalid"), ("q=" + "x" * 201, "invalid"), ("q=%00", "invalid"),
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_refused(query: str, problem: str, program: Program) -> None:
    assert problem_of(program.ask("GET", f"members?{query}")) == (400, problem)


def test_method_that_is_not_there_says_which_are(program: Program) -> None:
    for method in ("PUT", "OPTIONS", "TRACE"):
        answer = program.generic(method, MEMBERS, headers=program.sent)
        assert (problem_of(answer), answer.headers["Allow"]) == ((405, "method_not_allowed"), "GET, HEAD, POST")


def test_answers_are_json_alone(program: Program) -> None:
    assert problem_of(program.ask("GET", "members", Accept="text/html")) == (406, "not_acceptable")


def test_every_type_of_problem_explains_itself(program: Program) -> None:
    said = program.ask("GET", "members/0").json()
    explained = Program().ask("GET", said["type"]).json()
    assert (explained["type"], explained["status"], explained["meaning"]) == (said["type"], 404, said["detail"])


@pytest.mark.parametrize(
    ("sent", "language"),
    [
        ("de", "de"), ("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr, en;q=0.4", "en"), ("fr", "en"), ("de;q=0", "en"),
        ("*", "en"), ("\x00;q=x", "en"), ("", "en"),
    ],
)  # fmt: skip
def test_words_are_in_the_language_that_is_asked_for_and_types_stay(sent: str, language: str, program: Program) -> None:
    answer = program.ask("GET", "members/0", Accept_Language=sent)
    assert (problem_of(answer), answer.headers["Content-Language"]) == ((404, "not_found"), language)
    assert (answer.json()["title"] == "Not found", "Accept-Language" in answer.headers["Vary"]) == (
        language == "en",
        True,
    )


# --- twice ----------------------------------------------------------------------------------------


def test_request_that_comes_again_is_done_once_and_answered_alike(program: Program) -> None:
    first = program.ask("POST", "members", {"name": "Mia"}, Idempotency_Key="k")
    Member.objects.update(name="Mina")
    again = post(program, '{ "name" : "Mia" }', **{"Idempotency-Key": "k"})
    assert (again.status_code, again.content, again.headers["Location"]) == (
        201,
        first.content,
        first.headers["Location"],
    )
    assert (again.headers["Idempotency-Replayed"], Member.objects.count()) == ("true", 1)


def test_key_that_comes_with_another_request_is_refused(program: Program) -> None:
    program.ask("POST", "members", {"name": "Mia"}, Idempotency_Key="k")
    answer = program.ask("POST", "members", {"name": "Mio"}, Idempotency_Key="k")
    assert (problem_of(answer), Member.objects.count()) == ((422, "key_reused"), 1)


def test_key_whose_request_was_refused_may_be_used_again(program: Program) -> None:
    taken = MemberFactory().card_number
    refused = program.ask("POST", "members", {"name": "Mia", "card_number": taken}, Idempotency_Key="k")
    done = program.ask("POST", "members", {"name": "Mia"}, Idempotency_Key="k")
    assert (problem_of(refused), done.status_code) == ((409, "refused"), 201)


def test_action_protects_where_the_answer_was_lost(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("accounts.api.idempotency.finish_answer", lambda *_a, **_k: None)
        first = program.ask("POST", "members", {"name": "Mia"}, Idempotency_Key="k")
    running = program.ask("POST", "members", {"name": "Mia"}, Idempotency_Key="k")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2), tick=False):
        again = program.ask("POST", "members", {"name": "Mia"}, Idempotency_Key="k")
    assert (problem_of(running), again.json(), Member.objects.count()) == ((409, "in_progress"), first.json(), 1)


def test_keys_belong_to_a_person(program: Program, admin_user: User) -> None:
    for each in (program, Program(admin_user)):
        each.ask("POST", "members", {"name": "Mia"}, Idempotency_Key="k")
    assert Member.objects.count() == 2


@pytest.mark.parametrize("key", ["", "ä", "a b", "x" * 256])
def test_key_that_is_none_is_refused(key: str, program: Program) -> None:
    answer = program.ask("POST", "members", {"name": "Mia"}, Idempotency_Key=key)
    assert (problem_of(answer), Member.objects.count()) == ((400, "bad_key"), 0)


# --- much -----------------------------------------------------------------------------------------


def test_token_that_asks_too_often_has_to_wait(program: Program, settings: Any) -> None:
    settings.API_RATE = 3
    answers = [program.ask("GET", "me") for _n in range(4)]
    assert ([each.status_code for each in answers[:3]], problem_of(answers[3])) == (
        [200] * 3,
        (429, "too_many_requests"),
    )
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60


def test_address_without_a_token_is_counted_too_and_lies_do_not_help(settings: Any) -> None:
    settings.API_RATE_ANONYMOUS = 2
    answers = [Program().ask("GET", "books", X_Forwarded_For=f"10.0.0.{n}").status_code for n in range(3)]
    assert answers == [200, 200, 429]


def test_fault_of_ours_says_nothing_about_itself(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("accounts.queries.search_members", broken)
    program.raise_request_exception = False
    answer = program.ask("GET", "members")
    assert (problem_of(answer), b"secret" in answer.content) == ((500, "fault"), False)


# --- other sites ----------------------------------------------------------------------------------


def test_other_sites_read_nothing_unless_they_are_listed(program: Program, settings: Any) -> None:
    kiosk, other = "https://kiosk.example.org", "https://evil.example.org"
    off = program.ask("GET", "books", Origin=kiosk)
    settings.API_CORS_ORIGINS = [kiosk]
    listed, unlisted = program.ask("GET", "books", Origin=kiosk), program.ask("GET", "books", Origin=other)
    allowed = [each.headers.get("Access-Control-Allow-Origin") for each in (off, listed, unlisted)]
    assert (allowed, "Access-Control-Allow-Credentials" in listed.headers) == ([None, kiosk, None], False)
    asked = {"Origin": kiosk, "Access-Control-Request-Method": "POST"}
    assert program.options(MEMBERS, headers=asked).headers["Access-Control-Allow-Methods"].split(", ")[2] == "POST"
    assert "Access-Control-Allow-Origin" not in program.get("/", headers={"Origin": kiosk}).headers


def test_problem_documents_say_the_same_in_every_place() -> None:
    said = json.loads(Program().ask("GET", "members").content)
    assert sorted(said) == ["detail", "status", "title", "type"]
    assert (settings.DEBUG, Action.objects.count()) == (False, 0)
