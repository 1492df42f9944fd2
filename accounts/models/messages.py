"""What the library writes: e-mails and letters to its members, events to other programs."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .members import Member
from .webhooks import Webhook
from .work import Work


def new_message_id() -> str:
    """What tells a message from every other, so that one sent twice by accident is seen once."""
    return uuid.uuid4().hex


class MessageQuerySet(models.QuerySet["Message"]):
    def to_members(self) -> "MessageQuerySet":
        return self.exclude(channel=Message.Channel.WEBHOOK)

    def to_programs(self) -> "MessageQuerySet":
        return self.filter(channel=Message.Channel.WEBHOOK)


class Message(Work):
    """An e-mail or a letter to one member, or an event told to one webhook.

    Due while it is queued or running, sent when done. The text is what was or would be sent; to a member it is written
    anew just before sending. ``written_on`` is the day it counts for: a member gets one message a day. Of an event the
    subject is its name; its text is forgotten once it was taken.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        LETTER = "letter", _("letter")
        WEBHOOK = "webhook", _("webhook")

    class Status(models.TextChoices):
        DUE = "due", pgettext_lazy("message", "due")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", pgettext_lazy("message", "failed")
        CANCELLED = "cancelled", pgettext_lazy("message", "cancelled")

    STATES = {
        Status.DUE: (Work.State.QUEUED, Work.State.RUNNING),
        Status.SENT: (Work.State.DONE,),
        Status.FAILED: (Work.State.FAILED,),
        Status.CANCELLED: (Work.State.CANCELLED,),
    }

    channel = models.CharField(_("by"), max_length=10, choices=Channel, default=Channel.EMAIL)
    member = models.ForeignKey(
        Member, verbose_name=_("member"), on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    webhook = models.ForeignKey(
        Webhook, verbose_name=_("webhook"), on_delete=models.CASCADE, null=True, blank=True, related_name="messages"
    )
    written_on = models.DateField(_("day"))
    to = models.EmailField(_("to"), blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("text as HTML"), blank=True)
    message_id = models.CharField(max_length=64, unique=True, default=new_message_id, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_message_due_per_member",
            ),
            models.UniqueConstraint(
                fields=["member", "written_on"],
                condition=~models.Q(state="cancelled"),
                name="one_message_a_member_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(channel="webhook", member=None, webhook__isnull=False)
                | (~models.Q(channel="webhook") & models.Q(member__isnull=False, webhook=None)),
                name="message_to_member_or_webhook",
            ),
        ]
        indexes = [models.Index(fields=["channel", "state"], name="message_by_state")]

    def __str__(self) -> str:
        return f"{self.channel} {self.member_id or self.webhook_id} {self.written_on}"

    @property
    def status(self) -> str:
        """due, sent, failed or cancelled."""
        return next(str(status) for status, states in self.STATES.items() if self.state in states)

    @property
    def status_label(self) -> str:
        return str(self.Status(self.status).label)
