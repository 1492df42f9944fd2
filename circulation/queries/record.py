"""The record of actions as people read it: what concerned a member, and what each action was done to."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Model, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Action, Member, Message, Restriction, User
from catalog.models import Copy
from circulation.models import Hold, LedgerEntry, Loan
from circulation.queries.days import on_days

MOST_CHARACTERS = 200  # of a value that is shown
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}(Z|[+-][0-9]{2}:[0-9]{2})$")
OF_A_MEMBER: tuple[type[Model], ...] = (Loan, Hold, LedgerEntry, Message, Restriction)


class Thing(NamedTuple):
    """What an action was done to, as it is today."""

    words: str
    url: str = ""


class Change(NamedTuple):
    """A field that an action changed, in words. ``is_only_before``: nothing was noted of it afterwards."""

    field: str
    before: str
    after: str
    is_only_before: bool = False


def actions_found(
    *, person: str = "", member: Member | None = None, verb: str = "", kind: str = "", number: int | None = None,
    from_on: date | None = None, to_on: date | None = None,
) -> QuerySet[Action]:  # fmt: skip
    """The actions done by ``person``, about ``member``, with that ``verb``, to the thing ``kind`` ``number``, on those
    days of the library; what is empty does not matter."""
    found = Action.objects.all()
    if person:
        found = found.filter(Q(by__name__icontains=person) | Q(by__username__iexact=person))
    if member:
        found = found.filter(about_member(member))
    exactly = {"verb": verb, "target_type": kind, "target_id": number}
    if kind and not number:
        # By the index of things SQLite would sort all loans there ever were, for every page and piece of a file anew.
        found, exactly["kind"] = found.alias(kind=Concat("target_type", Value(""))), exactly.pop("target_type")
    return found.filter(on_days("at", from_on, to_on), **{field: value for field, value in exactly.items() if value})


def about_member(member: Member) -> Q:
    """A condition for the actions that concerned ``member``: the person, the sign-in, loans, holds, account, messages.

    What was lent long ago and has forgotten its member is not among them any more. The keys are read here, a query for
    each kind of thing: with them an index finds the actions, where conditions within conditions would read them all.
    """
    condition = Q(target_type=Member._meta.label_lower, target_id=member.pk)
    if member.user_id:
        condition |= Q(target_type=User._meta.label_lower, target_id=member.user_id)
    for model in OF_A_MEMBER:
        keys = list(model._default_manager.filter(member=member).order_by().values_list("pk", flat=True))
        condition |= Q(target_type=model._meta.label_lower, target_id__in=keys)
    return condition


def things(actions: Iterable[Action]) -> dict[int, Thing]:
    """What each of ``actions`` was done to, by the key of the action: a query for each kind of thing there is."""
    of_kind: dict[str, dict[int, int]] = defaultdict(dict)
    for action in actions:
        if action.target_type and action.target_id is not None:
            of_kind[action.target_type][action.pk] = action.target_id
    found: dict[int, Thing] = {}
    for kind, targets in of_kind.items():
        model = _model(kind)
        rows = _rows(model, set(targets.values())) if model else {}
        found |= {pk: _thing(model, rows.get(target), kind, target) for pk, target in targets.items()}
    return found


def changes_of(action: Action) -> list[Change]:
    """What was so before ``action`` and after it, field by field, in the order of their names.

    What is kept together only so that the action can be taken back (lists and tables) is left out.
    """
    model, before, after = _model(action.target_type), action.before, action.after
    found = [
        Change(_field(model, n), _value(before.get(n)), _value(after.get(n)), bool(after) and n not in after)
        for n in {*before, *after}
        if n in after or not after or not isinstance(before[n], dict | list)
    ]
    return sorted(each for each in found if each.before or each.after)  # each database has an order of its own


def _model(kind: str) -> type[Model] | None:
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def _rows(model: type[Model], keys: set[int]) -> dict[int, Any]:
    related, _say = SAID.get(model, ((), str))
    return model._default_manager.select_related(*related).in_bulk(keys)


def _thing(model: type[Model] | None, row: Any, kind: str, key: int) -> Thing:
    if model is None or row is None:
        return Thing(f"{model._meta.verbose_name if model else kind} {key}")
    _related, words = SAID.get(model, ((), str))
    return Thing(words(row), row.get_absolute_url() if hasattr(row, "get_absolute_url") else "")


def _copy(copy: Copy) -> str:
    return f"{copy.book.title} ({copy.barcode})"


def _of(member: Member | None) -> str:
    return f" · {member.name}" if member else ""


# What must be read with a row to say it in words, and the words; other rows are said as they call themselves.
SAID: dict[type[Model], tuple[tuple[str, ...], Callable[[Any], str]]] = {
    Member: ((), lambda member: f"{member.name} ({member.card_number})"),
    Copy: (("book",), _copy),
    Loan: (("copy__book", "member"), lambda loan: f"{_copy(loan.copy)}{_of(loan.member)}"),
    Hold: (("book", "member"), lambda hold: f"{hold.book.title}{_of(hold.member)}"),
    LedgerEntry: (("member",), lambda entry: f"{entry}{_of(entry.member)}"),
    Message: (("member",), lambda message: f"{message.get_channel_display()}{_of(message.member)}"),
    Restriction: (("member",), lambda restriction: f"{restriction.reason}{_of(restriction.member)}"),
}


def _field(model: type[Model] | None, name: str) -> str:
    named = {field.name: field for field in model._meta.get_fields()} if model else {}
    return str(getattr(named.get(name), "verbose_name", name))


def _value(value: Any) -> str:
    text = _words(value)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]} …"


def _words(value: Any) -> str:
    """A JSON value as people read it."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_words(each)}" for name, each in value.items())
    moment = parse_datetime(value) if isinstance(value, str) and MOMENT.match(value) else None
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else str(value)
