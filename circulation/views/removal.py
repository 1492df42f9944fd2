"""Removing a member, after a page that says what that means."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.forms.keyed import KeyedForm
from accounts.models import Action, Member
from accounts.permissions import MANAGE_MEMBERS, needs
from accounts.queries import current_members
from circulation.exceptions import CirculationRefused
from circulation.queries.ledger import balance_minor, outstanding_minor
from circulation.services.removal import remove_member


@needs(MANAGE_MEMBERS)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    form = KeyedForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _was_sent_before(request, pk, form):
        return _gone(request)
    member = get_object_or_404(current_members(), pk=pk)
    if request.method == "POST" and form.is_valid():
        try:
            remove_member(member, by=request.user, key=form.cleaned_data["key"])
        except CirculationRefused as refused:
            for problem in refused.problems:
                messages.error(request, problem.message)
        else:
            return _gone(request)
    context = {
        "member": member, "form": form, "on_loan": member.loans.open().count(), "holds": member.holds.active().count(),
        "owed": outstanding_minor(member), "balance": balance_minor(member),
    }  # fmt: skip
    return render(request, "circulation/remove_member.html", context)


def _was_sent_before(request: HttpRequest, pk: int, form: KeyedForm) -> bool:
    done = Action.objects.filter(verb="remove_member", target_type=Member._meta.label_lower, target_id=pk)
    return done.filter(by=request.user, key=form.cleaned_data["key"] or "").exists()


def _gone(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("The member is removed. Nothing personal is left."))
    return redirect("accounts:members")
