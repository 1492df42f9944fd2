"""What the library writes to its members: e-mails and letters, each sent by the worker or printed at the desk."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .members import Member
from .work import Work


def new_message_id() -> str:
    """What tells a message from every other, so that one sent twice by accident is seen once."""
    return uuid.uuid4().hex


class Message(Work):
    """An e-mail or a letter to one member.

    Due while it is queued or running, sent when done. The text is what was or would be sent; it is written anew just
    before sending. ``written_on`` is the day it counts for: a member gets one message a day.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        LETTER = "letter", _("letter")

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
    member = models.ForeignKey(Member, verbose_name=_("member"), on_delete=models.PROTECT, related_name="messages")
    written_on = models.DateField(_("day"))
    to = models.EmailField(_("to"), blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("text as HTML"), blank=True)
    message_id = models.CharField(max_length=64, unique=True, default=new_message_id, editable=False)

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
        ]
        indexes = [models.Index(fields=["channel", "state"], name="message_by_state")]

    def __str__(self) -> str:
        return f"{self.channel} {self.member_id} {self.written_on}"

    @property
    def status(self) -> str:
        """due, sent, failed or cancelled."""
        return next(str(status) for status, states in self.STATES.items() if self.state in states)

    @property
    def status_label(self) -> str:
        return str(self.Status(self.status).label)
