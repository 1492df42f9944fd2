"""A member's own record: who looked at it and who changed it."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Action, Look, Member, User
from accounts.paging import stretch_of
from circulation.queries.record import about_member, changes_of, things

LOOKS = 50  # the newest


def my_record(request: HttpRequest) -> HttpResponse:
    member = Member.objects.filter(user=request.user).first()
    mine = about_member(member) if member else Q(target_type=User._meta.label_lower, target_id=request.user.pk)
    stretch = stretch_of(request, Action.objects.filter(mine).select_related("by"))
    targets = things(stretch.rows)
    of_person = (Member._meta.label_lower, User._meta.label_lower)  # what changed of a loan the loan's own page says
    rows = [
        (action, targets.get(action.pk), changes_of(action) if action.target_type in of_person else [])
        for action in stretch.rows
    ]
    looks = Look.objects.filter(member=member).select_related("by")[:LOOKS] if member else []
    return render(request, "accounts/my_record.html", {"stretch": stretch, "rows": rows, "looks": looks})
