"""The rules: a table of all pairs, what holds for one of them and why; adding, changing and removing rows."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.forms.keyed import KeyedForm, contents_of
from accounts.forms.sent import was_sent_before
from accounts.models import Branch, MemberCategory
from accounts.permissions import MANAGE_RULES, USE_DESK, needs
from catalog.models import CopyType
from circulation.exceptions import CirculationRefused
from circulation.forms.confirming import add_problem
from circulation.forms.rules import DeskRuleForm
from circulation.models import CirculationRule
from circulation.queries.matrix import answer, kept_rows, matrix
from circulation.queries.rule_changes import effect_of_removing, effect_of_saving
from circulation.queries.rule_words import own_parameters, scope_in_words
from circulation.queries.rules import rule_book
from circulation.services.rules import remove_rule, save_rule
from circulation.views.branch import shown_branch


@needs(USE_DESK)
def rules(request: HttpRequest) -> HttpResponse:
    branches = list(Branch.objects.all())
    branch = shown_branch(request, branches)
    copy_types, book = list(CopyType.objects.all()), rule_book(request.library)
    context = {
        "branch": branch, "branches": branches, "copy_types": copy_types,
        "matrix": matrix(book, branch, copy_types), "rows": kept_rows(book),
    }  # fmt: skip
    return render(request, "circulation/rules.html", context)


@needs(USE_DESK)
def rule_lookup(request: HttpRequest, branch: int, category: int, copy_type: int) -> HttpResponse:
    asked = (
        get_object_or_404(Branch, pk=branch), get_object_or_404(MemberCategory, pk=category),
        get_object_or_404(CopyType, pk=copy_type),
    )  # fmt: skip
    now = timezone.now()
    context = {"answer": answer(rule_book(request.library), *asked, now), "now": now}
    return render(request, "circulation/rule_lookup.html", context)


@needs(MANAGE_RULES)
def add_rule(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@needs(MANAGE_RULES)
def edit_rule(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(_rows(), pk=pk))


@needs(MANAGE_RULES)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    if was_sent_before(request, "remove_rule"):
        return redirect("circulation:rules")
    row = get_object_or_404(_rows(), pk=pk)
    form = KeyedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_rule(row, by=request.user, key=form.cleaned_data["key"])
        except Refused as refusal:
            messages.error(request, refusal.message)
        except CirculationRefused as refused:
            for problem in refused.problems:
                messages.error(request, problem.message)
        else:
            messages.success(request, _("The row is removed. What it set is inherited again."))
        return redirect("circulation:rules")
    book = rule_book(request.library)
    context = {
        "form": form, "row": row, "scope": scope_in_words(row), "sets": own_parameters(row, book),
        "effect": effect_of_removing(row, book, timezone.now()),
    }  # fmt: skip
    return render(request, "circulation/remove_rule.html", context)


def _edit(request: HttpRequest, row: CirculationRule | None) -> HttpResponse:
    if "confirmed" in request.POST and was_sent_before(request, "save_rule"):
        return _saved(request)
    form = DeskRuleForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid() and not form.is_sent_back:
        if not form.is_confirmed:
            return _ask(request, form, _changed(row, form))
        try:
            save_rule(
                _changed(row, form), sent=contents_of(request.POST), by=request.user, key=form.cleaned_data["key"]
            )
        except CirculationRefused as refused:  # by what somebody else did meanwhile
            for problem in refused.problems:
                add_problem(form, problem)
        else:
            return _saved(request)
    return render(request, "circulation/edit_rule.html", {"form": form, "row": row})


def _changed(row: CirculationRule | None, form: DeskRuleForm) -> CirculationRule:
    """The row as it is by now, with what was changed in the form."""
    changed = CirculationRule() if row is None else get_object_or_404(CirculationRule, pk=row.pk)
    for name, value in form.changed_values.items():
        setattr(changed, name, value)
    return changed


def _ask(request: HttpRequest, form: DeskRuleForm, changed: CirculationRule) -> HttpResponse:
    book = rule_book(request.library)
    context = {
        "form": form, "scope": scope_in_words(changed), "sets": own_parameters(changed, book.with_row(changed)),
        "effect": effect_of_saving(changed, book, timezone.now()),
    }  # fmt: skip
    return render(request, "circulation/confirm_rule.html", context)


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("The rule is saved. Loans from now on follow it."))
    return redirect("circulation:rules")


def _rows() -> QuerySet[CirculationRule]:
    return CirculationRule.objects.select_related("branch", "category", "copy_type")
