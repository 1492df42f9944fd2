"""Forms that come back: a second click, Back and reload."""

from django.http import HttpRequest

from accounts.forms.keyed import KeyedForm
from accounts.models import Action


def was_sent_before(request: HttpRequest, verb: str) -> bool:
    """Whether the form of this request was sent before and did what ``verb`` says."""
    form = KeyedForm(request.POST)
    form.full_clean()
    key = form.cleaned_data.get("key")
    return bool(key) and Action.objects.filter(by=request.user, verb=verb, key=key).exists()
