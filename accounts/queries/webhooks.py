"""Webhooks and what was sent to them."""

from django.db.models import Count, Q, QuerySet

from accounts.models import Message, Webhook


def webhooks_with_waiting() -> QuerySet[Webhook]:
    """Every webhook, and as ``waiting`` how many events are still to be sent to it."""
    due = Q(messages__state__in=Message.STATES[Message.Status.DUE])
    return Webhook.objects.annotate(waiting=Count("messages", filter=due)).order_by("name", "pk")


def last_events(webhook: Webhook, count: int = 30) -> QuerySet[Message]:
    """The newest ``count`` events of ``webhook``, newest first."""
    return webhook.messages.order_by("-pk")[:count]
