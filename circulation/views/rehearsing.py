"""Rehearsing: a scenario is played by the library's rules, and nothing of it is kept."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.permissions import MANAGE_RULES, needs
from circulation.forms.rehearsing import RehearsalForm
from circulation.scenarios import play_text
from circulation.scenarios.own import sample

MOST_STEPS = 200
TOLD = ("n", "at", "do", "ok", "refused", "failed")


@needs(MANAGE_RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def rehearse(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        first = {"scenario": sample(timezone.localdate(timezone=request.library.zone)), "own_rules": True}
        return render(request, "circulation/rehearse.html", {"form": RehearsalForm(initial=first)})
    form = RehearsalForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "circulation/rehearse.html", {"form": form}, status=400)
    outcome = play_text(form.cleaned_data["text"], own_rules=form.cleaned_data["own_rules"], most_steps=MOST_STEPS)
    context = {"form": form, "outcome": outcome, "steps": [_row(step) for step in outcome["steps"]]}
    return render(request, "circulation/rehearse.html", context)


def _row(step: dict[str, Any]) -> dict[str, Any]:
    """A step as a row of the page: what came of it, every result as text."""
    results = [(key, _text(value)) for key, value in step.items() if key not in TOLD]
    failed = [{**each, "expected": _text(each["expected"]), "got": _text(each["got"])} for each in step["failed"]]
    return {**step, "results": results, "failed": failed}


def _text(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"value", "from"}:
        return f"{_text(value['value'])} ({' / '.join(part or '*' for part in value['from'])})"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
