"""What happened to a copy, in one word, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.keyed import KeyedForm

LOST, FOUND, CLAIMED, DAMAGED, ON_SITE = "lost", "found", "claimed", "damaged", "on_site"


class WhatHappenedForm(KeyedForm):
    what = forms.ChoiceField(choices=[(each, each) for each in (LOST, FOUND, CLAIMED, DAMAGED, ON_SITE)])
    reason = forms.CharField(label=_("Note"), required=False, max_length=300)
