"""Lines of an import that are members: matched by card, then by name and e-mail; made, or brought up to date."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Card, Member, MemberCategory
from accounts.queries import default_category
from accounts.services.actions import as_json
from accounts.services.members import create_member, edit_member
from catalog.models import ImportBatch, ImportRow
from catalog.normalize.names import name_key
from catalog.services.lines import Line
from catalog.services.shelving import save_rows

Verdict, Outcome, Decision = ImportRow.Verdict, ImportRow.Outcome, ImportRow.Decision
TEXTS = ("name", "email", "phone", "address", "group_name", "note", "language", "notices_by")
OTHERS = ("notices_off", "keep_history")
DAYS = ("joined_on", "expires_on")


@dataclass(frozen=True, slots=True)
class Found:
    """A member who is here: certainly the one of a line, or perhaps."""

    member: Member
    is_certain: bool


@dataclass(slots=True)
class MembersHere:
    """Who of a number of lines is here: by card, by name and e-mail; which cards nobody may have again."""

    by_card: dict[str, Member] = field(default_factory=dict)
    by_name: dict[tuple[str, str], Member] = field(default_factory=dict)
    worthless: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, rows: Sequence[Line]) -> "MembersHere":
        """Those whom ``rows`` may mean, in two queries."""
        cards = {row.draft["card_number"] for row in rows if row.draft.get("card_number")}
        emails = {row.draft["email"].lower() for row in rows if row.draft.get("email")}
        members = Member.objects.filter(removed_at=None).annotate(small_email=Lower("email"))
        here = cls()
        for member in members.filter(Q(card_number__in=cards) | Q(small_email__in=emails)).order_by("-pk"):
            here.by_card[member.card_number] = member
            here.by_name[name_key(member.name), member.email.lower()] = member
        here.worthless = set(Card.objects.filter(number__in=cards).values_list("number", flat=True)) - set(here.by_card)
        return here

    def meant_by(self, values: dict[str, Any]) -> Found | None:
        card, email = values.get("card_number"), values.get("email", "").lower()
        if card and card in self.by_card:
            return Found(self.by_card[card], True)
        same = self.by_name.get((name_key(values["name"]), email)) if email else None
        return Found(same, not card and same.name == values["name"]) if same else None


class MemberJudge:
    """Says of lines that are members whether they are here, and which card stands in the file twice."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.cards: dict[str, int] = {}

    def recall(self, row: Line) -> None:
        if card := row.draft.get("card_number"):
            self.cards.setdefault(card, row.n)

    def judge(self, rows: Sequence[Line]) -> None:
        here, categories = MembersHere.of(rows), _Categories()
        for row in rows:
            row.verdict, row.reason = self._verdict(row, here, categories)
            if row.verdict == Verdict.WRONG:
                row.outcome = Outcome.FAILED
            elif found := here.meant_by(row.draft):
                row.made, row.matched_by = {"member": found.member.pk}, "card" if found.is_certain else "name"
            self.recall(row)

    def _verdict(self, row: Line, here: MembersHere, categories: "_Categories") -> tuple[str, str]:
        values, card = row.draft, row.draft.get("card_number", "")
        if card in here.worthless:
            return Verdict.WRONG, _("%(card)s was on a card that is worthless by now. Give another card.") % {
                "card": card
            }
        if card in self.cards:
            return Verdict.WRONG, _("Line %(n)d has the card %(card)s too.") % {"n": self.cards[card], "card": card}
        found = here.meant_by(values)
        if found is None:
            return Verdict.NEW, categories.unknown(values)
        return (Verdict.KNOWN if found.is_certain else Verdict.DOUBTFUL), ""


def apply_members(batch: ImportBatch, rows: Sequence[Line], now: datetime) -> None:
    """Register the members of ``rows`` (locked and waiting) who are new; bring known ones up to date, if wanted.

    Who may be somebody here keeps waiting for a person's word. Inside the caller's transaction.
    """
    categories, here = _Categories(), MembersHere.of(rows)
    for row in rows:
        try:
            _apply(batch, row, here.meant_by(row.draft), categories, now)
        except Refused as refusal:
            row.outcome, row.reason = Outcome.FAILED, refusal.message
    save_rows(rows)


def _apply(batch: ImportBatch, row: Line, found: Found | None, categories: "_Categories", now: datetime) -> None:
    if row.decision == Decision.SKIP:
        row.outcome = Outcome.SKIPPED
    elif found and not found.is_certain and row.decision == Decision.AUTO:
        row.verdict, row.made = Verdict.DOUBTFUL, {"member": found.member.pk}
    elif found and (found.is_certain or row.decision == Decision.COPY):
        updates = batch.options.get("members") == "update" or row.decision == Decision.COPY
        _bring_up_to_date(batch, row, found.member, categories, now) if updates else _leave(row, found.member)
    else:
        values = _values(row.draft, categories)
        category = values.pop("category", None) or default_category()
        card = row.draft.get("card_number", "")
        member = create_member(category=category, card_number=card, now=now, **values)
        row.outcome, row.created_member_id, row.reason = Outcome.ADDED, member.pk, categories.unknown(row.draft)
        row.made = {}


def _leave(row: Line, member: Member) -> None:
    row.outcome, row.reason, row.made = Outcome.KNOWN, "", {"member": member.pk}


def _bring_up_to_date(batch: ImportBatch, row: Line, member: Member, categories: "_Categories", now: datetime) -> None:
    """What the line says takes the place of what is here; what it does not say stays."""
    values = _values(row.draft, categories)
    changed = {name: value for name, value in values.items() if getattr(member, name) != value}
    if not changed:
        _leave(row, member)
        return
    before = {name: as_json(getattr(member, name)) for name in changed}
    edit_member(member, by=batch.by, now=now, **changed)
    after = {name: as_json(value) for name, value in changed.items()}
    row.outcome, row.reason = Outcome.UPDATED, ""
    row.made = {"member": member.pk, "before": before, "after": after}


def _values(draft: dict[str, Any], categories: "_Categories") -> dict[str, Any]:
    """The fields of Member that the line says something about."""
    values: dict[str, Any] = {name: draft[name] for name in TEXTS if draft.get(name)}
    values |= {name: draft[name] for name in OTHERS if draft.get(name) not in (None, "", [])}
    values |= {name: date.fromisoformat(draft[name]) for name in DAYS if draft.get(name)}
    if category := categories.meant_by(draft.get("category", "")):
        values["category"] = category
    return values


class _Categories:
    """The member categories by code and by name."""

    def __init__(self) -> None:
        rows = list(MemberCategory.objects.order_by("-pk"))
        self.by_word = {row.name.casefold(): row for row in rows} | {row.code.casefold(): row for row in rows}

    def meant_by(self, word: str) -> MemberCategory | None:
        return self.by_word.get(word.strip().casefold())

    def unknown(self, values: dict[str, Any]) -> str:
        """A sentence where the line names a category that is not here."""
        word = values.get("category", "")
        if not word or self.meant_by(word):
            return ""
        facts = {"name": word, "category": default_category().name}
        return _("There is no member category “%(name)s” here: “%(category)s” is taken.") % facts
