"""Who works here, for Admins: roles, second factors, where they are signed in, and help when a phone is lost."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import queries
from accounts.exceptions import Refused
from accounts.forms.second_factor import ResetSecondFactorForm
from accounts.models import User
from accounts.paging import page_of
from accounts.permissions import MANAGE_STAFF, needs
from accounts.queries.sign_ins import must_have_second_factor, with_second_factor
from accounts.services import second_factor
from accounts.services import sign_ins as services


@needs(MANAGE_STAFF)
def staff(request: HttpRequest) -> HttpResponse:
    people = with_second_factor(queries.staff()).annotate(sign_ins=Count("open_sign_ins", distinct=True))
    page = page_of(request, people.prefetch_related("groups").order_by("name", "username"))
    wanted = {person.pk for person in page if must_have_second_factor(person, request.library, at_desk=True)}
    return render(request, "accounts/staff.html", {"page": page, "wanted": wanted})


@needs(MANAGE_STAFF)
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = ResetSecondFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.reset_second_factor(
                person, by=request.user, key=form.cleaned_data["key"], reason=form.cleaned_data["reason"]
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("%(name)s has no second factor any more.") % {"name": person})
            return redirect("accounts:staff")
    return render(request, "accounts/reset_second_factor.html", {"form": form, "person": person})


@needs(MANAGE_STAFF)
@require_POST
def sign_out_everywhere(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    but = request.session.session_key if person == request.user else None
    services.sign_out_everywhere(person, but=but, by=request.user)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": person})
    return redirect("accounts:staff")
