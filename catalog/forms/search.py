"""The search boxes."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search the catalogue"), required=False, max_length=200)


class DeskSearchForm(forms.Form):
    q = forms.CharField(label=_("ISBN or words"), required=False, max_length=200)
