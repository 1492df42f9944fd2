"""Members and the kinds of them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.models import Member, MemberCategory, Restriction
from accounts.services.members import edit_member

from .recorded import ReadOnlyAdmin, RecordedAdmin


@admin.register(MemberCategory)
class MemberCategoryAdmin(RecordedAdmin):
    list_display = ["code", "name", "max_loans", "debt_limit_minor", "membership_months", "overdue_blocks_loans"]
    search_fields = ["code", "name"]


@admin.register(Member)
class MemberAdmin(RecordedAdmin):
    list_display = ["card_number", "name", "category", "group_name", "expires_on"]
    list_filter = ["category"]
    list_select_related = ["category"]
    search_fields = ["card_number", "name", "email", "group_name"]
    autocomplete_fields = ["category"]
    readonly_fields = ["card_number", "user", "loans_ever"]  # a new card is given at the desk; the sign-in follows it

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).filter(removed_at=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Member, form: ModelForm, change: bool) -> None:
        """As at the desk: the sign-in follows."""
        edit_member(Member(pk=obj.pk), by=request.user, **{name: form.cleaned_data[name] for name in form.changed_data})


@admin.register(Restriction)
class RestrictionAdmin(ReadOnlyAdmin):
    list_display = ["member", "source", "from_on", "until_on", "reason", "lifted_at"]
    list_filter = ["source"]
    list_select_related = ["member"]
    search_fields = ["member__name", "member__card_number", "reason"]
