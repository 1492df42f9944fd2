"""Webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.keyed import EditForm
from accounts.models import Webhook


class WebhookForm(EditForm, forms.ModelForm):
    events = forms.MultipleChoiceField(
        label=_("Tell it of"), choices=Webhook.Event.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Webhook
        fields = ["name", "url", "events", "is_active"]
        widgets = {"url": forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["is_active"]
