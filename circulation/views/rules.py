"""The rules: a table of all pairs, what holds for one of them and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import Branch, MemberCategory
from accounts.permissions import USE_DESK, needs
from catalog.models import CopyType
from circulation.queries.matrix import answer, kept_rows, matrix
from circulation.queries.rules import rule_book
from circulation.views.branch import shown_branch


@needs(USE_DESK)
def rules(request: HttpRequest) -> HttpResponse:
    branches = list(Branch.objects.all())
    branch = shown_branch(request, branches)
    copy_types = list(CopyType.objects.all())
    context = {
        "branch": branch, "branches": branches, "copy_types": copy_types,
        "matrix": matrix(rule_book(request.library), branch, copy_types), "rows": kept_rows(request.library),
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
