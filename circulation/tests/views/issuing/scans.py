"""The issue page and what is scanned there."""

from django.test import Client

from accounts.models import Member
from circulation.tests.views.pages import (
    send,
)

ADDRESS = "/desk/issue/"


def scan(desk: Client, text: str, member: Member | None = None, **fields):
    return send(desk, ADDRESS, {"scan": text, "member": member.pk if member else "", "key": "", **fields})
