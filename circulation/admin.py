"""The admin site's view of circulation: rules and calendar to set up, loans and money to look at."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.recorded import ReadOnlyAdmin, RecordedAdmin
from circulation.forms.calendar import ClosureForm, OpeningHoursForm
from circulation.forms.rules import RuleForm
from circulation.models import Allocation, CirculationRule, Closure, LedgerEntry, Loan, OpeningHours
from circulation.models.rules import MAY_BE_NONE, MAY_BE_UNLIMITED
from circulation.queries.calendars import removal_problems
from circulation.services.opening import remove_closure, save_closure
from circulation.services.rules import remove_rule, save_rule

LOAN_FIELDS = [
    ("loan_period", "loan_unit"), "due_date_mode", ("fixed_due_on", "fixed_due_mode"), "clears_fixed_due_on",
    "max_loans",
]  # fmt: skip
RENEWAL_FIELDS = ["max_renewals", "renewal_period", "no_renewal_before", "renewal_blocked_by_holds"]
FINE_FIELDS = [
    ("fine_amount_minor", "fine_period"), "fine_charged_at", ("grace_period", "grace_included"),
    "fine_cap_minor", "cap_fine_to_price", "charge_closed_days",
]  # fmt: skip


@admin.register(CirculationRule)
class CirculationRuleAdmin(RecordedAdmin):
    list_display = [
        "__str__",
        "loan_period",
        "loan_unit",
        "max_loans",
        "max_renewals",
        "fine_amount_minor",
        "fine_cap_minor",
    ]
    list_filter = ["branch", "category", "copy_type"]
    list_select_related = ["branch", "category", "copy_type"]
    autocomplete_fields = ["branch", "category", "copy_type"]
    form = RuleForm
    no_value_words = dict.fromkeys(MAY_BE_UNLIMITED, _("unlimited")) | dict.fromkeys(MAY_BE_NONE, _("none"))
    fieldsets = [
        (
            _("Which loans"),
            {
                "fields": ["branch", "category", "copy_type"],
                "description": _("What is left empty below is inherited from the next wider rule."),
            },
        ),
        (_("Loan"), {"fields": LOAN_FIELDS}),
        (_("Renewal"), {"fields": RENEWAL_FIELDS}),
        (_("Fine"), {"fields": FINE_FIELDS}),
        (_("Suspension"), {"fields": ["suspension_days", "suspension_max"]}),
        (_("Holds"), {"fields": ["max_holds", "hold_pickup_days", "holds_on_shelf"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: CirculationRule | None = None) -> list[str]:
        """The rule for everything stays the rule for everything."""
        return ["branch", "category", "copy_type"] if obj and obj.scope == (None, None, None) else []

    def has_delete_permission(self, request: HttpRequest, obj: CirculationRule | None = None) -> bool:
        return obj is not None and obj.scope != (None, None, None) and self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: CirculationRule, form: RuleForm, change: bool) -> None:
        save_rule(obj, by=request.user)

    def delete_model(self, request: HttpRequest, obj: CirculationRule) -> None:
        remove_rule(obj, by=request.user)


class CalendarAdmin(RecordedAdmin):
    """Entries of the calendar, which may be removed unless no open day would be left."""

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        entry = self.get_object(request, unquote(object_id))
        may_remove = entry is not None and self.has_delete_permission(request, entry)
        problems = removal_problems(entry, timezone.localdate()) if may_remove else []
        if not problems:
            return super().delete_view(request, object_id, extra_context)
        for problem in problems:
            self.message_user(request, problem.message, messages.ERROR)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", entry.pk)

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return obj is not None and self.has_change_permission(request, obj)


@admin.register(OpeningHours)
class OpeningHoursAdmin(CalendarAdmin):
    form = OpeningHoursForm
    list_display = ["branch", "weekday", "opens_at", "closes_at"]
    list_filter = ["branch"]
    list_select_related = ["branch"]


@admin.register(Closure)
class ClosureAdmin(CalendarAdmin):
    form = ClosureForm
    list_display = ["from_on", "to_on", "reason", "branch", "is_yearly", "opens"]
    list_filter = ["branch", "is_yearly", "opens"]
    list_select_related = ["branch"]
    date_hierarchy = "from_on"

    def save_model(self, request: HttpRequest, obj: Closure, form: ClosureForm, change: bool) -> None:
        save_closure(obj, by=request.user)

    def delete_model(self, request: HttpRequest, obj: Closure) -> None:
        remove_closure(obj, by=request.user)


@admin.register(Loan)
class LoanAdmin(ReadOnlyAdmin):
    list_display = ["copy", "member", "issued_at", "due_at", "returned_at", "outcome", "renewals"]
    list_filter = ["outcome", "branch", "category", "copy_type"]
    list_select_related = ["copy", "member"]
    search_fields = ["copy__barcode", "copy__book__title", "member__card_number", "member__name"]
    date_hierarchy = "issued_at"


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "member", "kind", "amount_minor", "currency", "allocated_minor", "by", "reason"]
    list_filter = ["kind", "currency"]
    list_select_related = ["member", "by"]
    search_fields = ["member__card_number", "member__name", "reason"]
    date_hierarchy = "at"


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ["at", "credit", "debit", "amount_minor"]
    list_select_related = ["credit", "debit"]
