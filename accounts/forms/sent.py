"""Forms that come back: a second click, Back and reload."""

from django.http import HttpRequest

from accounts.forms.keyed import KeyedForm, contents_of
from accounts.models import Action
from accounts.services.actions import FormAlreadyUsed, TakenBackSince


def was_sent_before(request: HttpRequest, verb: str) -> bool:
    """Whether the form of this request was sent before, saying the same, and did what ``verb`` says.

    Raises FormAlreadyUsed where it says something else now, TakenBackSince where what it did was taken back.
    """
    form = KeyedForm(request.POST)
    form.full_clean()
    key = form.cleaned_data.get("key")
    action = Action.objects.filter(by=request.user, verb=verb, key=key).first() if key else None
    if action is None:
        return False
    if action.undone_by_id:
        raise TakenBackSince
    if action.after.get("sent") not in (None, contents_of(request.POST)):
        raise FormAlreadyUsed(action)
    return True
