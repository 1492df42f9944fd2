"""Registering and editing members."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import CodeField
from accounts.forms.keyed import EditForm, KeyedForm
from accounts.models import Member, MemberCategory
from accounts.models.days import REAL_DAYS

OPTIONAL = [
    ("due_soon", _("something is due soon")), ("hold_ready", _("a hold is ready for pickup")),
    ("hold_expired", _("a hold was not picked up in time")), ("membership_ending", _("my membership ends soon")),
]  # fmt: skip
HISTORY = [
    ("", _("is forgotten after the library's number of days")), ("no", _("is forgotten at once")),
    ("yes", _("is kept until I change this")),
]  # fmt: skip
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MemberSearchForm(forms.Form):
    q = forms.CharField(label=_("Name, card, e-mail or class"), required=False, max_length=200)
    category = forms.ModelChoiceField(
        MemberCategory.objects.all(), label=_("Category"), required=False, empty_label=_("all")
    )


class RegisterForm(KeyedForm):
    """The five things that make a member; the rest is under "more"."""

    name = forms.CharField(label=_("Name"), max_length=200)
    category = forms.ModelChoiceField(MemberCategory.objects.all(), label=_("Category"), empty_label=None)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254, help_text=_("Families may share one."))
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    group_name = forms.CharField(label=_("Class or group"), required=False, max_length=60)
    card_number = CodeField(
        label=_("Card number"), required=False, help_text=_("Only if the member has a card already. Else one is made.")
    )
    address = forms.CharField(
        label=_("Address"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    note = forms.CharField(
        label=_("Note for the desk"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].initial = MemberCategory.objects.order_by("pk").first()

    @property
    def first_fields(self) -> list:
        return [self[name] for name in ("name", "category", "email", "phone", "group_name")]

    @property
    def more_fields(self) -> list:
        return [self[name] for name in ("card_number", "address", "note")]


class EditMemberForm(EditForm, forms.ModelForm):
    class Meta:
        model = Member
        fields = [
            "name", "category", "email", "phone", "group_name", "address", "joined_on", "expires_on", "keep_history",
            "note",
        ]  # fmt: skip
        widgets = {
            "joined_on": DATE,
            "expires_on": DATE,
            "address": forms.Textarea(attrs={"rows": 2}),
            "note": forms.Textarea(attrs={"rows": 2}),
        }


class ContactForm(EditForm, forms.ModelForm):
    """What members may change themselves."""

    notices_wanted = forms.MultipleChoiceField(
        label=_("Remind me when"), choices=OPTIONAL, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("What is overdue is always told."),
    )  # fmt: skip
    keeps = forms.ChoiceField(label=_("My reading history"), choices=HISTORY, required=False)
    password = forms.CharField(
        label=_("Your password"), required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Only for another e-mail address: a link to a new password would go there."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].show_hidden_initial = False
        self.order_fields(["email", "password"])
        held = self.instance
        self.fields["notices_by"].required = self._was_sent("notices_by")
        self.initial["notices_wanted"] = [kind for kind, _name in OPTIONAL if kind not in held.notices_off]
        self.initial["keeps"] = {True: "yes", False: "no", None: ""}[held.keep_history]

    class Meta:
        model = Member
        fields = ["email", "phone", "address", "language", "notices_by"]
        widgets = {"address": forms.Textarea(attrs={"rows": 2})}

    @property
    def changed_values(self) -> dict[str, Any]:
        """As stored: which kinds are not wanted, where the form asks for those that are. What was not sent stays."""
        values = {name: value for name, value in super().changed_values.items() if self._was_sent(name)}
        if "notices_wanted" in values:
            wanted = values.pop("notices_wanted")
            values["notices_off"] = [kind for kind, _name in OPTIONAL if kind not in wanted]
        if "keeps" in values:
            values["keep_history"] = {"yes": True, "no": False}.get(values.pop("keeps"))
        return values

    def clean(self) -> dict[str, Any]:
        """Whoever sits at somebody's open page does not turn the sign-in into their own."""
        values = super().clean() or self.cleaned_data
        password = values.pop("password", "")
        user = self.instance.user
        is_new = "email" in self.changed_values and values["email"] != self.initial["email"]
        if is_new and user and not get_adapter().reauthenticate(user, password):
            self.add_error("password", _("To change the e-mail address, type your password as well."))
        return values

    def _was_sent(self, name: str) -> bool:
        return self.add_prefix(name) in self.data or self.add_initial_prefix(name) in self.data


class RestrictForm(KeyedForm):
    reason = forms.CharField(label=_("Reason"), max_length=300)
    until_on = forms.DateField(
        label=_("Until and including"), required=False, widget=DATE, validators=REAL_DAYS,
        help_text=_("Empty: until it is lifted."),
    )  # fmt: skip


class NewCardForm(KeyedForm):
    card_number = CodeField(label=_("New card number"), required=False, help_text=_("Empty: the next own number."))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)
