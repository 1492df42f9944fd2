"""What can be done to a member: register, edit, a new card, bar and unbar, a first password."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from unicodedata import normalize

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy
from accounts.exceptions import Refused
from accounts.models import Action, Card, LibrarySettings, Member, MemberCategory, Restriction, User
from accounts.models.members import ENDS_BEFORE_IT_BEGINS
from accounts.numbering import numbered_code
from accounts.permissions import MEMBER
from accounts.queries import works_here
from accounts.services.actions import changes, describe, leave_out, recorded
from accounts.services.numbers import CARDS, take_numbers
from accounts.services.second_factor import forget_second_factor
from accounts.services.sign_ins import end_everything_of
from accounts.services.webhooks import tell_of_member

FIRST_PASSWORD_DAYS = 30
EDITABLE = (
    "name", "email", "phone", "address", "group_name", "category", "joined_on", "expires_on", "note", "keep_history",
    "language", "notices_by", "notices_off",
)  # fmt: skip


@recorded("register_member")
def register_member(
    action: Action, *, name: str, category: MemberCategory, card_number: str = "", by: User | None, now: datetime,
    joined_on: date | None = None, expires_on: date | None = None, **details: Any,
) -> Member:  # fmt: skip
    """Make a new member and give a card number.

    ``card_number`` empty: the next own number. ``expires_on`` empty: by the category's months from ``joined_on``
    (default: today in the library's time zone). ``details`` are further editable fields of Member.

    Raises Refused("card_taken") if another member has the card, or ever had it, and
    Refused("ends_before_it_begins").
    """
    dates = {"joined_on": joined_on, "expires_on": expires_on}
    member = create_member(name=name, category=category, card_number=card_number, now=now, **dates, **details)
    describe(action, member, after={"card_number": member.card_number, "category": category.pk})
    return member


def create_member(
    *, name: str, category: MemberCategory, card_number: str = "", joined_on: date | None = None,
    expires_on: date | None = None, now: datetime, **details: Any,
) -> Member:  # fmt: skip
    """Make a member, as ``register_member``, inside the caller's transaction, which a refusal leaves as it was."""
    library = LibrarySettings.current()
    joined_on = joined_on or timezone.localdate(now, library.zone)
    member = Member(
        name=normalize("NFC", name),
        category=category,
        card_number=card_number or next_card_number(library),
        joined_on=joined_on,
        expires_on=expires_on or policy.membership_ends_on(joined_on, category.membership_months),
        **details,
    )
    _refuse_end_before_beginning(member)
    _save_with_card(member)
    tell_of_member(member, "added", now, library=library)
    return member


@recorded("edit_member")
def edit_member(action: Action, member: Member, *, by: User | None, now: datetime, **new_values: Any) -> Member:
    """Change fields of ``member`` (those of EDITABLE), leaving all others as they are in the database.

    A new name or e-mail is that of the sign-in too, unless the member works here or somebody else signs in with that
    address: then this one signs in with the card alone (see ``signs_in_with_email``).

    Raises Refused("ends_before_it_begins"), and TypeError for a field that is not among EDITABLE.
    """
    member = _locked(member)
    unknown = set(new_values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    if "name" in new_values:
        new_values["name"] = normalize("NFC", new_values["name"])
    before, after = changes(member, new_values)
    for name, value in new_values.items():
        setattr(member, name, value)
    _refuse_end_before_beginning(member)
    member.save(update_fields=list(new_values))
    if member.user and {"name", "email"} & set(after) and not works_here(member.user):
        if "email" in after:
            member.user.email = _email_to_sign_in_with(member, member.user)
        member.user.name = member.name
        _save_contact(member.user)
    describe(action, member, before=before, after=after)
    if after:
        tell_of_member(member, "changed", now, fields=after)
    else:
        leave_out(action)
    return member


@recorded("replace_card")
def replace_card(
    action: Action, member: Member, *, card_number: str = "", reason: str = "", by: User | None, now: datetime
) -> Member:
    """Give ``member`` a new card (``card_number``, or the next own number); the old one is worthless from now on.

    A sign-in with the card follows it. Raises Refused("card_taken") if the number is or was on any card, also where
    somebody else signs in with that name.
    """
    member = _locked(member)
    old = member.card_number
    member.card_number = card_number or next_card_number(LibrarySettings.current())
    _save_with_card(member, update_fields=["card_number"])
    if member.user and member.user.username == old:
        member.user.username = member.card_number
        _save_sign_in(member.user, update_fields=["username"])
    action.reason = reason
    describe(action, member, before={"card_number": old}, after={"card_number": member.card_number})
    tell_of_member(member, "changed", now, fields=["card_number"])
    return member


@recorded("restrict_member")
def restrict_member(
    action: Action, member: Member, *, reason: str, from_on: date | None = None, until_on: date | None = None,
    by: User | None, now: datetime,
) -> Restriction:  # fmt: skip
    """Bar ``member`` from borrowing from ``from_on`` (default today) through ``until_on`` (None: until lifted).

    Raises Refused("ends_before_it_begins").
    """
    from_on = from_on or timezone.localdate(now, LibrarySettings.current().zone)
    if until_on is not None and until_on < from_on:
        raise Refused("ends_before_it_begins", _("That day is over. Choose today or a later day."))
    restriction = Restriction.objects.create(
        member=_locked(member), from_on=from_on, until_on=until_on, reason=reason, source=Restriction.Source.LIBRARIAN
    )
    action.reason = reason
    describe(action, member, after={"restriction": restriction.pk, "until_on": str(until_on) if until_on else None})
    tell_of_member(restriction.member, "changed", now, fields=["restrictions"])
    return restriction


@recorded("lift_restriction")
def lift_restriction(
    action: Action, restriction: Restriction, *, reason: str = "", by: User | None, now: datetime
) -> Restriction:
    """End ``restriction`` now, for a ``reason`` that is kept. Raises Refused("already_lifted")."""
    changed = Restriction.objects.filter(pk=restriction.pk, lifted_at=None).update(lifted_at=now)
    if not changed:
        raise Refused("already_lifted", _("This restriction has been lifted already."))
    restriction.refresh_from_db()
    action.reason = reason
    describe(action, restriction.member, before={"restriction": restriction.pk}, after={"restriction": None})
    tell_of_member(restriction.member, "changed", now, fields=["restrictions"])
    return restriction


def give_first_password(
    member: Member, *, password: str, by: User | None, key: str | None = None, now: datetime | None = None
) -> User:
    """Let ``member`` sign in once with ``password`` and then choose another; made anew, it replaces any older one.

    The password comes from ``first_password()`` and is shown on paper once; only its hash is kept. It serves for
    FIRST_PASSWORD_DAYS days. The sign-in's name is the card number; the member's e-mail serves too, unless somebody
    else signs in with it (families share one). Of a form sent twice the first password holds: the second does not open
    the sign-in that is returned.

    Raises Refused("staff_sign_in"), Refused("closed_sign_in") and, where the card is somebody else's sign-in,
    Refused("card_taken").
    """
    slow_hash = make_password(password)  # made before the transaction: everybody else who writes waits for that
    return _give_first_password(member, password_hash=slow_hash, by=by, key=key, now=now)


@recorded("give_first_password", secret=("password_hash",))
def _give_first_password(action: Action, member: Member, *, password_hash: str, by: User | None, now: datetime) -> User:
    member = _locked(member)
    user = member.user or User(username=member.card_number)
    if user.pk and works_here(user):
        raise Refused("staff_sign_in", _("This member also works here. Staff choose their password themselves."))
    if not user.is_active:
        raise Refused("closed_sign_in", _("This sign-in was closed. An Admin can open it again."))
    user.name = member.name
    user.email = _email_to_sign_in_with(member, user) or user.email
    user.password = password_hash
    user.must_change_password = True
    user.first_password_until = now + timedelta(days=FIRST_PASSWORD_DAYS)
    _save_sign_in(user)
    user.groups.add(Group.objects.get(name=MEMBER))
    if member.user_id != user.pk:
        member.user = user
        member.save(update_fields=["user"])
    end_everything_of(user, by=by, now=now)
    lost = forget_second_factor(user)
    describe(action, member, after={"user": user.pk} | ({"second_factor_removed": lost} if lost else {}))
    return user


def first_password() -> str:
    """A password for one use that can be read from paper and typed: three groups of four, no doubtful letters."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _each in range(4)) for _group in range(3))


def next_card_number(library: LibrarySettings) -> str:
    """The next card number of the library's own that nobody has or had."""
    while True:
        [number] = take_numbers(CARDS)
        code = numbered_code(library.card_prefix, number)
        if not Card.objects.filter(number=code).exists():
            return code


def _locked(member: Member) -> Member:
    """The member as the database has it now; Member.DoesNotExist for one who was removed."""
    return Member.objects.select_for_update(of=("self",)).get(pk=member.pk, removed_at=None)


def _refuse_end_before_beginning(member: Member) -> None:
    if member.expires_on and member.expires_on < member.joined_on:
        raise Refused("ends_before_it_begins", str(ENDS_BEFORE_IT_BEGINS))


def _save_with_card(member: Member, **how: Any) -> None:
    try:
        with transaction.atomic():
            Card.objects.create(number=member.card_number)
            member.save(**how)
    except IntegrityError as error:
        raise _card_taken(_why_card_is_taken(member), member.card_number) from error


def _why_card_is_taken(member: Member) -> str:
    holder = Member.objects.filter(card_number=member.card_number).first()
    if holder is None:
        return _("%(card)s was on a card that is worthless by now. Give another card.")
    return (
        _("%(card)s is the card of this member already.")
        if holder == member
        else _("Another member has the card %(card)s.")
    )


def _save_sign_in(user: User, **how: Any) -> None:
    try:
        with transaction.atomic():
            user.save(**how)
    except IntegrityError as error:
        raise _card_taken(_("Somebody else signs in as %(card)s. Give another card."), user.username) from error


def _card_taken(text: str, card_number: str) -> Refused:
    return Refused("card_taken", text % {"card": card_number})


def signs_in_with_email(member: Member) -> bool:
    """Whether the contact e-mail of ``member`` opens the sign-in; also if one of them is none of a member's."""
    user = member.user
    return not member.email or user is None or user.email == member.email.lower() or works_here(user)


def _email_to_sign_in_with(member: Member, user: User) -> str:
    """The member's e-mail, unless somebody else signs in with it."""
    email = member.email.lower()
    others = User.objects.exclude(pk=user.pk).filter(Q(email__iexact=email) | Q(username__iexact=email))
    return "" if others.exists() else email


def _save_contact(user: User) -> None:
    """Save name and e-mail; without the e-mail if somebody else came to sign in with it in this moment."""
    try:
        with transaction.atomic():
            user.save(update_fields=["name", "email"])
    except IntegrityError:
        user.email = ""
        user.save(update_fields=["name", "email"])
