"""The library's own words for messages, looked at with a real member before they are saved."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.keyed import KeyedForm
from accounts.permissions import MANAGE_SETTINGS, needs
from accounts.queries import member_with_card
from circulation.forms.notices import TextForm
from circulation.models import NoticeText
from circulation.policy.notices import Kind
from circulation.queries.messages import language_of
from circulation.queries.notice_texts import Words, words
from circulation.queries.outbox import looked_at_with
from circulation.services.messages import change_text, reset_text


@needs(MANAGE_SETTINGS)
def texts(request: HttpRequest) -> HttpResponse:
    languages = dict(settings.LANGUAGES)
    known = words(languages)
    own = set(NoticeText.objects.values_list("kind", "language"))
    rows = [
        {
            "kind": kind, "name": name, "language": language, "language_name": languages[language],
            "subject": known[kind, language].subject, "is_own": (kind, language) in own,
        }
        for kind, name in _kinds().items() for language in languages
    ]  # fmt: skip
    return render(request, "circulation/notice_texts.html", {"rows": rows})


@needs(MANAGE_SETTINGS)
def edit(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    name = _name_or_404(kind, language)
    held = words([language])[kind, language]
    initial = {"subject": held.subject, "body": held.body}
    form = TextForm(request.POST or None, initial=initial, kind=kind, language=language)
    context: dict[str, Any] = {"form": form, "kind": kind, "language": language, "name": name}
    context["language_name"] = dict(settings.LANGUAGES)[language]
    context["is_own"] = NoticeText.objects.filter(kind=kind, language=language).exists()
    if request.method == "POST" and form.is_valid():
        said = Words(form.cleaned_data["subject"], form.cleaned_data["body"])
        if "look" not in request.POST:
            key = form.cleaned_data["key"]
            change_text(kind, language, subject=said.subject, body=said.body, by=request.user, key=key)
            messages.success(request, _("The text is saved. Messages that wait to be sent say it already."))
            return redirect("circulation:notice_texts")
        context |= _looked_at(request, form, said)
    return render(request, "circulation/edit_notice_text.html", context)


def _looked_at(request: HttpRequest, form: TextForm, said: Words) -> dict[str, Any]:
    """What the message would say to the member of the card; in the language of the text, whatever the member's is."""
    member = member_with_card(form.cleaned_data["card"])
    if member is None:
        form.add_error("card", _("No member has this card."))
        return {}
    member.language = form.language
    language = language_of(member, request.library)
    all_words = words([language]) | {(form.kind, language): said}
    preview = looked_at_with(member, form.kind, all_words, request.library, timezone.now())
    if preview is None:
        form.add_error("card", _("This member has nothing that such a message would be about. Try another card."))
    return {"preview": preview, "member": member}


@needs(MANAGE_SETTINGS)
@require_POST
def reset(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    _name_or_404(kind, language)
    form = KeyedForm(request.POST)
    form.is_valid()
    reset_text(kind, language, by=request.user, key=form.cleaned_data["key"])
    messages.success(request, _("The words the program brings hold again."))
    return redirect("circulation:notice_texts")


def _kinds() -> dict[str, Any]:
    return dict(NoticeText._meta.get_field("kind").choices or ())


def _name_or_404(kind: str, language: str) -> str:
    if kind not in list(Kind) or language not in dict(settings.LANGUAGES):
        raise Http404
    return str(_kinds()[kind])
