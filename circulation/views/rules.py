"""The rules: a table of what holds for whom, where each parameter comes from, and rows to change, shown before kept."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.forms.keyed import KeyedForm
from accounts.models import Action, Branch, MemberCategory
from accounts.permissions import MANAGE_RULES, USE_DESK, needs
from accounts.queries import desk_branch
from catalog.models import CopyType
from circulation.exceptions import CirculationRefused
from circulation.forms.rules import RowForm
from circulation.models import CirculationRule
from circulation.models.rules import PARAMETERS
from circulation.queries.rule_effects import rule_effect
from circulation.queries.rule_pages import in_words, levels, lines, matrix, row_names, sample_due
from circulation.queries.rules import rule_book
from circulation.services.rules import FOR_ALL, remove_rule, save_rule

SCOPE: dict[str, type[Model]] = {"branch": Branch, "category": MemberCategory, "copy_type": CopyType}


@needs(USE_DESK)
def rules(request: HttpRequest) -> HttpResponse:
    branches = list(Branch.objects.all())
    branch = _chosen(request, branches)
    copy_types, book = list(CopyType.objects.all()), rule_book(request.library)
    context = {
        "branches": branches, "branch": branch, "copy_types": copy_types,
        "matrix": matrix(book, branch, MemberCategory.objects.all(), copy_types), "rows": book.rows,
    }  # fmt: skip
    return render(request, "circulation/rules.html", context)


@needs(USE_DESK)
def pair(request: HttpRequest) -> HttpResponse:
    given = _scope(request)
    scope = {name: given[name] or _first(request, name) for name in SCOPE}
    book, now = rule_book(request.library), timezone.now()
    rule = book.rule(*(part.pk for part in scope.values()))
    due = sample_due(rule, book, scope["branch"], now)
    explanation = {"steps": due.steps, "row": book.codes(rule.sources["loan_period"])} if due else {}
    context = scope | {
        "due": due, "explanation": explanation, "lines": lines(book, rule, row_names(book.rows)),
        "levels": levels(*scope.values(), book.rows),
    }  # fmt: skip
    return render(request, "circulation/rule_pair.html", context)


@needs(MANAGE_RULES)
def edit_row(request: HttpRequest) -> HttpResponse:
    """Three steps with one form: what the row says, what that would change for the loans now open, kept."""
    scope, book = _scope(request), rule_book(request.library)
    keys = tuple(part and part.pk for part in scope.values())
    rule = next((row for row in book.rows if row.scope == keys), None) or CirculationRule(**scope)
    inherited = book.without_row(rule).row_rule(keys)
    words = {name: in_words(name, getattr(inherited, name), book) for name in PARAMETERS}
    form = RowForm(request.POST or None, instance=rule, inherited=words)
    if request.method == "POST" and _was_sent_before(request, "save_rule", form.data.get("key")):
        return _kept(request)
    context: dict[str, Any] = {"form": form, "rule": rule, "is_new": rule.pk is None, **scope}
    if request.method != "POST" or not form.is_valid() or "again" in request.POST:
        return render(request, "circulation/rule_row.html", context)
    if "save" in request.POST:
        try:
            save_rule(form.instance, by=request.user, key=form.cleaned_data["key"])
        except (CirculationRefused, Refused) as refused:
            _say(request, refused)
            return render(request, "circulation/rule_row.html", context, status=409)
        return _kept(request)
    stored = rule_book(request.library)
    context |= {"effect": rule_effect(stored, stored.with_row(form.instance), timezone.now())}
    return render(request, "circulation/rule_effect.html", context)


@needs(MANAGE_RULES)
def remove_row(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(CirculationRule.objects.select_related(*SCOPE), pk=pk)
    form, book = KeyedForm(request.POST if request.method == "POST" else None), rule_book(request.library)
    if rule.scope == FOR_ALL:
        raise Http404
    if request.method == "POST" and form.is_valid():
        remove_rule(rule, by=request.user, key=form.cleaned_data["key"])
        messages.success(request, _("The rule is removed. What it said is inherited again."))
        return redirect("circulation:rules")
    context = {"form": form, "rule": rule, "effect": rule_effect(book, book.without_row(rule), timezone.now())}
    return render(request, "circulation/rule_remove.html", context)


def _chosen(request: HttpRequest, branches: list[Branch]) -> Branch:
    asked = next((branch for branch in branches if str(branch.pk) == request.GET.get("branch")), None)
    return asked or desk_branch(request.session, branches)


def _scope(request: HttpRequest) -> dict[str, Any]:
    """Branch, member category and copy type that the address names; one that is left out is any."""
    scope: dict[str, Any] = {}
    for name, model in SCOPE.items():
        text = request.GET.get(name, "")
        if text and not (text.isascii() and text.isdigit() and len(text) < 18):
            raise Http404
        scope[name] = get_object_or_404(model, pk=text) if text else None
    return scope


def _first(request: HttpRequest, name: str) -> Any:
    """What is shown where the address leaves it open: the branch of this desk, the first of the others."""
    return desk_branch(request.session) if name == "branch" else get_list_or_404(SCOPE[name].objects.order_by("pk"))[0]


def _was_sent_before(request: HttpRequest, verb: str, key: str | None) -> bool:
    return bool(key) and Action.objects.filter(verb=verb, by=request.user, key=key).exists()


def _kept(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("The rule is kept. It holds from now on."))
    return redirect("circulation:rules")


def _say(request: HttpRequest, refused: CirculationRefused | Refused) -> None:
    problems = refused.problems if isinstance(refused, CirculationRefused) else [refused]
    for problem in problems:
        messages.error(request, problem.message)
