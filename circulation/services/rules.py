"""The rules themselves: the row for everything, changes and removal."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Model, When
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, MemberCategory, User
from accounts.money import digits
from accounts.services.actions import as_json, describe, leave_out, recorded
from catalog.models import Copy, CopyType
from circulation import policy
from circulation.exceptions import CirculationRefused
from circulation.models import CirculationRule, LedgerEntry
from circulation.models.rules import PARAMETERS
from circulation.policy import FOR_ALL, NO_VALUE, UNLIMITED
from circulation.queries.rule_problems import removal_problems, rule_problems
from circulation.queries.rules import rule_book


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
    action: Action, rule: CirculationRule, *, sent: str = "", by: User | None, now: datetime
) -> CirculationRule:
    """Keep ``rule``, new or changed. What it leaves empty it inherits; open loans keep their due dates.

    ``sent`` is a word for what the form said, to know it by if it comes again.
    Raises CirculationRefused("rule_duplicate", "rule_contradicts") with the field, and Refused("rule_for_all") where
    the row for everything would be for something else.
    """
    book = rule_book()
    stored = CirculationRule.objects.select_for_update().filter(pk=rule.pk or 0).first()
    if stored is not None and FOR_ALL in (stored.scope, rule.scope) and stored.scope != rule.scope:
        raise Refused("rule_for_all", _("The rule for everything stays the rule for everything."))
    if problems := rule_problems(rule, book, now.astimezone(book.library.zone).date()):
        raise CirculationRefused(problems)
    before = as_json(stored.parameters()) if stored else {}
    after = as_json(rule.parameters())
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:  # somebody else made this row a moment ago
        if problems := rule_problems(rule, rule_book(), now.astimezone(book.library.zone).date()):
            raise CirculationRefused(problems) from error
        raise
    describe(action, rule, before=before, after=after | ({"sent": sent} if sent else {}))
    if stored is not None and (before, stored.scope) == (after, rule.scope):
        leave_out(action)
    return rule


@recorded("remove_rule")
def remove_rule(action: Action, rule: CirculationRule, *, by: User | None, now: datetime) -> None:
    """Remove ``rule``; what it set is inherited again.

    Raises Refused("rule_for_all") for the row for everything, and CirculationRefused("rule_contradicts") where a
    narrower row would contradict what it inherits then.
    """
    if rule.scope == FOR_ALL:
        raise Refused("rule_for_all", _("The rule for everything can be changed, not removed."))
    if problems := removal_problems(rule, rule_book()):
        raise CirculationRefused(problems)
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
