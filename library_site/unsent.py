"""What somebody sent just after their sign-in had ended: kept in the session until the same person is back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

UNSENT = "unsent_form"
MOST_CHARACTERS = 200_000
NOT_TYPED = {
    "key", "read_as", "overrides", "next", "member", "category", "copy_type", "branch", "home_branch", "keep_history",
}  # fmt: skip
SECRETS = ("csrfmiddlewaretoken", "password")  # parts of names of fields that are kept nowhere


def form_of(request: HttpRequest) -> dict[str, Any]:
    """What was typed into the form that ``request`` sends, but for passwords and files; empty if that is too much."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not any(secret in name for secret in SECRETS)
    ]
    if sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
        return {}
    return {"by": request.user.pk, "to": request.get_full_path(), "fields": fields, "files": bool(request.FILES)}


def keep(
    request: HttpRequest, form: dict[str, Any], ask: Callable[[str], HttpResponse] = redirect_to_login
) -> HttpResponse:
    """Keep ``form`` and ask the person to sign in; then the page at ``unsent`` shows it and sends it on.

    ``ask`` leads to where the person says who they are, and from there to the address it is given.
    """
    if not form:
        messages.error(request, _("What you sent was too much to be kept, and was not saved."))
        return ask(reverse("library_site:after_sign_in"))
    request.session[UNSENT] = form
    request.is_kept = True  # type: ignore[attr-defined] # what is answered is the asking, not the form
    messages.info(request, _("What you sent was not saved yet, and nothing of it is lost."))
    return ask(reverse("library_site:unsent"))


def kept_for(request: HttpRequest) -> dict[str, Any] | None:
    """The form of the person who is signed in; what somebody else sent is forgotten."""
    form = request.session.get(UNSENT)
    if form and form["by"] != request.user.pk:
        del request.session[UNSENT]
        return None
    return form


def forget_if_sent(request: HttpRequest) -> None:
    """Forget the form that is kept if ``request`` sends it: it is the same one if it has the same key."""
    form = kept_for(request)
    if form is None or getattr(request, "is_kept", False) or form["to"] != request.get_full_path():
        return
    if dict(form["fields"]).get("key") == request.POST.get("key"):
        del request.session[UNSENT]


def typed(form: dict[str, Any]) -> list[str]:
    """What a person typed into ``form``, without what only the page itself understands."""
    return [
        value
        for name, value in form["fields"]
        if value.strip() and name not in NOT_TYPED and not name.startswith(("_", "initial-"))
    ]
