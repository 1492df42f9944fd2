"""The rules themselves: the row for everything, changes and removal."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Model, When
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, MemberCategory, User
from accounts.money import digits
from accounts.services.actions import changes, describe, leave_out, recorded
from catalog.models import Copy, CopyType
from circulation import policy
from circulation.exceptions import CirculationRefused, Problem
from circulation.models import CirculationRule, LedgerEntry
from circulation.models.rules import PARAMETERS
from circulation.policy import NO_VALUE, UNLIMITED
from circulation.queries.rule_problems import FOR_ALL, duplicate, rule_problems


@transaction.atomic
def ensure_rules() -> None:
    """Make the rule for everything, with the seeded values, where it is missing. Idempotent."""
    if CirculationRule.objects.filter(branch=None, category=None, copy_type=None).exists():
        return
    currency = LibrarySettings.current().currency
    seeded = policy.seeded_parameters(digits(currency))
    fields = {n: NO_VALUE if v == UNLIMITED else v for n, v in seeded.items() if n in PARAMETERS and v != policy.NONE}
    CirculationRule.objects.create(**fields)


@recorded("save_rule")
def save_rule(
    action: Action, rule: CirculationRule | None, *, by: User | None, now: datetime, **values: Any
) -> CirculationRule:
    """Change the fields ``values`` of ``rule`` (None: a new row); what they leave out stays, in a new row inherited.

    Open loans keep their due dates. Raises CirculationRefused with every reason and the field it is about:
    rule_duplicate, rule_for_all, rule_fixed_date, rule_longer_than_membership.
    """
    row = CirculationRule() if rule is None else CirculationRule.objects.select_for_update().get(pk=rule.pk)
    before, after = changes(row, values)
    was_for_all = row.pk is not None and row.scope == FOR_ALL
    for name, value in values.items():
        setattr(row, name, value)
    problems = rule_problems(row, now.astimezone(LibrarySettings.current().zone).date())
    if was_for_all and row.scope != FOR_ALL:
        problems.append(
            Problem("rule_for_all", _("The rule for everything stays that for everything."), field="branch")
        )
    if problems:
        raise CirculationRefused(problems)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise CirculationRefused([duplicate()]) from error
    describe(action, row, before=before if rule else {}, after=after)
    if rule is not None and not before:
        leave_out(action)
    return row


@recorded("remove_rule")
def remove_rule(action: Action, rule: CirculationRule, *, by: User | None, now: datetime) -> None:
    """Remove ``rule``; what it set is inherited again. Raises Refused("rule_for_all") for the row for everything."""
    if rule.scope == FOR_ALL:
        raise Refused("rule_for_all", _("The rule for everything can be changed, not removed."))
    describe(action, rule, before={n: str(v) for n, v in rule.parameters().items()})
    rule.delete()


@recorded("change_currency")
def change_currency(action: Action, *, currency: str, by: User | None, now: datetime) -> LibrarySettings:
    """Change the library's currency before any money was booked; amounts keep their figure ("0.50" stays 0.50).

    Raises Refused("currency_in_use") once the ledger has a line.
    """
    library = LibrarySettings.objects.select_for_update().get(pk=1)
    old = library.currency
    if currency != old and (library.currency_fixed or LedgerEntry.objects.exists()):
        raise Refused(
            "currency_in_use",
            _("Money has been booked in %(currency)s; it cannot change any more.") % {"currency": old},
        )
    library.currency = currency
    library.save(update_fields=["currency"])
    _rescale(digits(currency) - digits(old))
    describe(action, library, before={"currency": old}, after={"currency": currency})
    return library


_AMOUNTS: dict[type[Model], list[str]] = {
    MemberCategory: ["debt_limit_minor", "max_open_fines_minor"],
    CopyType: ["replacement_price_minor", "processing_fee_minor"],
    Copy: ["price_minor"],
    CirculationRule: ["fine_amount_minor", "fine_cap_minor"],
}


def _rescale(places: int) -> None:
    """Move every stored amount by so many decimal places, half up; -1 (unlimited) stays. One statement a table."""
    if not places:
        return
    for model, names in _AMOUNTS.items():
        model._default_manager.update(**{name: _moved(name, places) for name in names})


def _moved(name: str, places: int) -> Case:
    """The column ``name`` moved by so many places; what is empty or below 0 stays."""
    tens = 10 ** abs(places)
    moved = F(name) * tens if places > 0 else (F(name) + tens // 2) / tens
    return Case(When(**{f"{name}__lt": 0}, then=F(name)), default=moved)
