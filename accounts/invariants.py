"""What must always be true of the library and its people; checked by ``check_invariants``."""

from collections.abc import Iterator

from django.db.models import F

from accounts.models import Branch, Card, LibrarySettings, Member, MemberCategory, Webhook
from accounts.queries import works_here
from accounts.services.webhooks import events_wanted


def broken() -> Iterator[str]:
    """A sentence for everything that is not as it must be."""
    if not LibrarySettings.objects.filter(pk=1).exists():
        yield "the library's settings are missing"
    if not Branch.objects.exists():
        yield "there is no branch"
    if not MemberCategory.objects.exists():
        yield "there is no member category"
    for member in Member.objects.exclude(user=None).exclude(user__username=F("card_number")).select_related("user"):
        if member.user and not works_here(member.user):
            yield f"member {member.pk} signs in as {member.user.username} but has the card {member.card_number}"
    yield from _removed()
    yield from _webhooks()
    for member in Member.objects.exclude(card_number__in=Card.objects.values("number")):
        yield f"the card {member.card_number} of member {member.pk} is not among the cards ever given"


def _removed() -> Iterator[str]:
    """Of a removed member nothing personal is left."""
    for member in Member.objects.exclude(removed_at=None):
        left = [name for name in ("email", "phone", "address", "group_name", "note", "pin_hash", "user_id")
                if getattr(member, name)]  # fmt: skip
        if left:
            yield f"member {member.pk} was removed, but {', '.join(left)} are still there"


def _webhooks() -> Iterator[str]:
    """The library's settings say of its webhooks what is so."""
    webhooks, library = Webhook.objects.all(), LibrarySettings.current()
    noted = (library.webhook_events, library.webhooks_disabled)
    if noted != (events_wanted(webhooks), webhooks.exclude(disabled_at=None).count()):
        yield "the library's settings do not say what its webhooks are told of"
