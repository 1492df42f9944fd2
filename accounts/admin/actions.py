"""The record of actions, to look through."""

from django.contrib import admin

from accounts.models import Action

from .recorded import ReadOnlyAdmin


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    list_display = ["at", "verb", "by", "target_type", "target_id", "reason"]
    list_filter = ["verb", "target_type"]
    list_select_related = ["by"]
    search_fields = ["verb", "reason", "by__username", "=target_id"]
    date_hierarchy = "at"
