"""Tokens for programs: made, shown once, revoked."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.exceptions import Refused
from accounts.models import Action, ApiToken, User
from accounts.services.tokens import (
    digest_of,
    make_token,
    new_token_text,
    note_use,
    opens_with,
    revoke_all_tokens_of,
    revoke_token,
    usable_tokens,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def a_token(user: User, **changes: object) -> ApiToken:
    facts = {"text": new_token_text(), "name": "Kiosk", "scopes": ["read"], "valid_for": DAY, "now": NOW}
    return make_token(user, by=user, **(facts | changes))


def test_token_text_begins_with_what_is_shown_and_is_long() -> None:
    text = new_token_text()
    assert (text[:4], len(text), text == new_token_text()) == ("osh_", 55, False)


def test_make_token_keeps_a_hash_and_what_is_shown(librarian: User) -> None:
    text = "osh_12345678abcdef"
    token = a_token(librarian, text=text, scopes=["manage", "read", "read"])
    kept = ApiToken.objects.values("prefix", "digest", "scopes", "expires_at").get(pk=token.pk)
    assert kept == {
        "prefix": "osh_12345678", "digest": digest_of(text), "scopes": ["read", "manage"], "expires_at": NOW + DAY,
    }  # fmt: skip


def test_record_of_a_new_token_does_not_give_it_away(librarian: User) -> None:
    a_token(librarian)
    action = Action.objects.get(verb="make_token")
    assert action.after == {"user": librarian.pk, "name": "Kiosk", "scopes": ["read"]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"scopes": []}, "no_scope"), ({"scopes": ["all"]}, "no_scope"), ({"valid_for": 367 * DAY}, "valid_too_long")],
)
def test_make_token_refuses(changes: dict, code: str, librarian: User) -> None:
    with pytest.raises(Refused) as refusal:
        a_token(librarian, **changes)
    assert (refusal.value.code, ApiToken.objects.count()) == (code, 0)


def test_make_token_refuses_more_than_anybody_looks_after(librarian: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.services.tokens.MOST_OF_ONE_PERSON", 1)
    a_token(librarian)
    with pytest.raises(Refused) as refusal:
        a_token(librarian)
    assert refusal.value.code == "too_many_tokens"


def test_form_sent_twice_makes_one_token_and_its_first_text_holds(librarian: User) -> None:
    texts = [new_token_text(), new_token_text()]
    first, second = (a_token(librarian, text=text, key="same-form") for text in texts)
    assert (first, [opens_with(second, text) for text in texts]) == (second, [True, False])


def test_revoked_token_opens_nothing_and_stays_revoked_since_then(librarian: User) -> None:
    token = a_token(librarian)
    revoke_token(token, by=librarian, now=NOW)
    revoke_token(token, by=librarian, now=NOW + DAY)
    assert (token.revoked_at, list(usable_tokens(NOW))) == (NOW, [])
    assert Action.objects.filter(verb="revoke_token").count() == 1


def test_revoke_all_tokens_leaves_those_of_others(librarian: User, admin_user: User) -> None:
    other = a_token(admin_user)
    a_token(librarian)
    a_token(librarian)
    assert revoke_all_tokens_of(librarian, by=admin_user, now=NOW) == 2
    assert list(usable_tokens(NOW)) == [other]


def test_use_is_noted_once_a_minute(librarian: User) -> None:
    token = a_token(librarian)
    noted = []
    for seconds in (0, 59, 60):
        note_use(token, NOW + timedelta(seconds=seconds))
        token.refresh_from_db()
        noted.append((token.last_used_at - NOW).seconds)
    assert noted == [0, 0, 60]
