"""A person's own data and sign-in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.forms.members import ContactForm
from accounts.models import Member
from accounts.services.members import edit_member, signs_in_with_email


def profile(request: HttpRequest) -> HttpResponse:
    member = Member.objects.select_related("category").filter(user=request.user).first()
    if member is None:
        return render(request, "accounts/profile.html", {})
    form = ContactForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        key, changed = form.cleaned_data["key"], form.changed_values
        saved = edit_member(Member(pk=member.pk), by=request.user, key=key, **changed)
        messages.success(request, _("Your contact is saved."))
        if "email" in form.changed_data and not signs_in_with_email(saved):
            text = _("Somebody else signs in with %(email)s. You sign in with your card number.")
            messages.warning(request, text % {"email": saved.email})
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"member": member, "form": form})
