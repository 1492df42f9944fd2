"""What is true of the library and its people. Reads only."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import Action, Backup, Branch, LibrarySettings, Member, MemberCategory, Restriction, User
from accounts.permissions import ADMIN, MEMBER, STAFF_ROLES
from accounts.scans import readings

T = TypeVar("T")
DESK_BRANCH = "desk_branch"


def library() -> LibrarySettings:
    """The library's settings as they stand now."""
    return LibrarySettings.current()


def default_branch() -> Branch:
    """The first branch; the one a library with a single desk never has to think about. ``migrate`` makes it."""
    return Branch.objects.order_by("pk")[0]


def desk_branch(session: Mapping[str, Any], branches: Iterable[Branch] | None = None) -> Branch:
    """The branch chosen for this session's desk (its key under DESK_BRANCH), or the first one.

    ``branches``: all of them, where they have been read already.
    """
    by_key = {branch.pk: branch for branch in (Branch.objects.all() if branches is None else branches)}
    return by_key.get(session.get(DESK_BRANCH, 0)) or by_key[min(by_key)]


def default_category() -> MemberCategory:
    """The first member category. ``migrate`` makes one."""
    return MemberCategory.objects.order_by("pk")[0]


def staff() -> QuerySet[User]:
    """Active sign-ins with a staff role."""
    return User.objects.filter(Q(is_superuser=True) | Q(groups__name__in=STAFF_ROLES), is_active=True).distinct()


def admins() -> QuerySet[User]:
    """Active sign-ins that may do everything, making other staff included."""
    return staff().filter(Q(is_superuser=True) | Q(groups__name=ADMIN))


def waits_for_set_up(library: LibrarySettings) -> bool:
    """Whether the set-up page is open: the library was not set up, and nobody works in it yet."""
    return library.set_up_at is None and not staff().exists()


def works_here(user: User) -> bool:
    """Whether ``user`` may do more than a member may: no page for members' sign-ins is to touch such a one."""
    return (
        user.is_superuser
        or user.is_staff
        or user.groups.exclude(name=MEMBER).exists()
        or user.user_permissions.exists()
    )


def user_signing_in(login: str) -> User | None:
    """Who signs in with ``login``: an e-mail address, or a card number as typed or scanned. Small letters do."""
    users = User.objects.annotate(small_email=Lower("email"), small_name=Lower("username"))
    if "@" in login and (user := users.filter(small_email=login.lower()).first()):
        return user
    names = [login, *readings(login)]
    small = [name.lower() for name in names]
    found = users.filter(Q(small_name__in=small) | Q(username__in=names))  # SQLite makes only A to Z small
    return best_reading(small, {user.username.lower(): user for user in found})


def current_members() -> QuerySet[Member]:
    """Everybody who was not removed."""
    return Member.objects.filter(removed_at=None)


def search_members(text: str) -> QuerySet[Member]:
    """Members in whom every word of ``text`` is found: in name, card, e-mail, phone or class. All, if it is empty."""
    members = current_members().select_related("category").order_by("name", "pk")
    for word in text.split()[:8]:
        named = Q()
        for spelling in _spellings(word):
            named |= Q(name__icontains=spelling) | Q(group_name__icontains=spelling)
        members = members.filter(
            named
            | Q(card_number__istartswith=word)
            | Q(card_number__in=readings(word))
            | Q(email__icontains=word)
            | Q(phone__icontains=word)
        )
    return members


def _spellings(word: str) -> set[str]:
    """``word`` in small and in capital letters, which SQLite tells apart outside A to Z; accents as they are stored."""
    whole = unicodedata.normalize("NFC", word)
    return {whole} if whole.isascii() else {whole, whole.lower(), whole.upper(), whole.capitalize()}


def member_with_card(scan: str) -> Member | None:
    """The member whose card was scanned, if it is one (see accounts.scans.readings for what scanners add)."""
    codes = readings(scan)
    return best_reading(codes, {m.card_number: m for m in current_members().filter(card_number__in=codes)})


def best_reading(codes: list[str], found: dict[str, T]) -> T | None:
    """Of the things ``found`` by code, the one that belongs to the likeliest reading."""
    return next((found[code] for code in codes if code in found), None)


def restrictions_on(member: Member, on: date) -> QuerySet[Restriction]:
    """What bars ``member`` from borrowing on the day ``on``."""
    return member.restrictions.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), lifted_at=None, from_on__lte=on)


def last_actions(user: User, verbs: tuple[str, ...], count: int = 10) -> QuerySet[Action]:
    """The newest ``count`` actions of ``user`` among ``verbs``, newest first."""
    return Action.objects.filter(by=user, verb__in=verbs).order_by("-at", "-pk")[:count]


def last_proven_backup() -> Backup | None:
    """The newest backup that was restored into a scratch database and found sound there."""
    return Backup.objects.filter(proven_at__isnull=False).order_by("-made_at").first()


def backup_is_old(library: LibrarySettings, now: datetime) -> bool:
    """Whether the last proven backup is older than the library bears, or made at a time yet to come.

    A library that was not set up has nothing to lose; one that was is given as many days for its first.
    """
    if library.backup_alarm_days is None or library.set_up_at is None:
        return False
    last = last_proven_backup()
    made_at = last.made_at if last and last.made_at else library.set_up_at
    return not timedelta(0) <= now - made_at <= timedelta(days=library.backup_alarm_days)
