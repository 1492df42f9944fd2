"""Filters of the record of actions."""

from typing import Any

from django import forms
from django.apps import apps
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms.members import DATE
from accounts.models.days import REAL_DAYS
from accounts.queries import member_with_card
from accounts.verbs import VERBS

APPS = ("accounts", "catalog", "circulation")
MOST = 2**63 - 1


def verbs() -> list[tuple[str, str]]:
    return [("", _("all")), *sorted(((verb, str(words)) for verb, words in VERBS.items()), key=lambda pair: pair[1])]


def kinds() -> list[tuple[str, str]]:
    """Those with a name in words: what has none is kept for the program alone, and nobody acts upon it."""
    models = [model._meta for app in APPS for model in apps.get_app_config(app).get_models()]
    named = [
        (meta.label_lower, str(capfirst(name))) for meta in models if isinstance(name := meta.verbose_name, Promise)
    ]
    return [("", _("all")), *sorted(named, key=lambda pair: pair[1])]


class RecordFilterForm(forms.Form):
    """Who, what, to whom, when; everything may be left out."""

    person = forms.CharField(label=_("Done by (name)"), required=False, max_length=150)
    member = forms.CharField(label=_("Concerns the member (card)"), required=False, max_length=60)
    verb = forms.ChoiceField(label=_("Action"), required=False, choices=verbs)
    kind = forms.ChoiceField(label=_("Kind of thing"), required=False, choices=kinds)
    number = forms.IntegerField(label=_("Its number"), required=False, min_value=1, max_value=MOST)
    from_on = forms.DateField(label=_("From"), required=False, widget=DATE, validators=REAL_DAYS)
    to_on = forms.DateField(label=_("To"), required=False, widget=DATE, validators=REAL_DAYS)

    def clean_member(self) -> Any:
        card = self.cleaned_data["member"]
        member = member_with_card(card) if card else None
        if card and member is None:
            raise forms.ValidationError(_("No member has this card."))
        return member
