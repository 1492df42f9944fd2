"""The library's own words for messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.keyed import KeyedForm
from circulation.models import NoticeText
from circulation.policy.notices import PLACEHOLDERS


class TextForm(KeyedForm):
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 8}), strip=True)
    card = forms.CharField(label=_("Card of a member to look at it with"), max_length=40, required=False)

    def __init__(self, *args: Any, kind: str, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.language = kind, language
        names = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS[kind])
        self.fields["body"].help_text = _("You can use: %(names)s") % {"names": names}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if "subject" in values and "body" in values:
            words = {"subject": values["subject"], "body": values["body"].replace("\r\n", "\n")}
            try:
                NoticeText(kind=self.kind, language=self.language, **words).clean()
            except forms.ValidationError as error:
                self.add_error(None, error)
            values |= words
        return values
