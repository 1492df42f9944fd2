"""The rules of a branch as a table: member categories by copy types; and what one pair comes to today."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Branch, MemberCategory
from catalog.models import CopyType
from circulation import policy
from circulation.models import CirculationRule
from circulation.policy import DueDate, PastClosing
from circulation.queries.rule_words import Parameter, all_parameters, own_parameters, scope_in_words, summary
from circulation.queries.rules import RuleBook


@dataclass(frozen=True, slots=True)
class Cell:
    """What holds for one member category and copy type, in a line."""

    copy_type: CopyType
    summary: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the rules as it is kept: which loans it is for, what it sets."""

    rule: CirculationRule
    scope: str
    sets: list[Parameter]

    @property
    def is_for_all(self) -> bool:
        return self.rule.scope == policy.FOR_ALL


@dataclass(frozen=True, slots=True)
class Answer:
    """All that holds for one branch, member category and copy type; ``due`` None: no due date can be found."""

    branch: Branch
    category: MemberCategory
    copy_type: CopyType
    groups: list[tuple[str, list[Parameter]]]
    due: DueDate | None
    explanation: dict[str, Any]


def matrix(book: RuleBook, branch: Branch, copy_types: list[CopyType]) -> list[tuple[MemberCategory, list[Cell]]]:
    """What holds at ``branch`` for every member category, by copy type, in a fixed number of queries."""
    return [
        (
            category,
            [Cell(kind, summary(book.rule(branch.pk, category.pk, kind.pk), book.library)) for kind in copy_types],
        )
        for category in MemberCategory.objects.all()
    ]


def kept_rows(book: RuleBook) -> list[Row]:
    """Every row of the rules, the widest first."""
    rows = CirculationRule.objects.select_related("branch", "category", "copy_type")
    widest_first = sorted(
        rows, key=lambda row: [key is not None for key in row.scope] + [key or 0 for key in row.scope]
    )
    return [Row(row, scope_in_words(row), own_parameters(row, book)) for row in widest_first]


def answer(book: RuleBook, branch: Branch, category: MemberCategory, copy_type: CopyType, now: datetime) -> Answer:
    """What the rules say to a loan ``now`` at ``branch`` to a member of ``category``, of a copy of ``copy_type``."""
    rule = book.rule(branch.pk, category.pk, copy_type.pk)
    due = due_date_now(book, branch, rule, now)
    why = {"steps": due.steps if due else [], "row": book.codes(rule.sources["loan_period"])}
    return Answer(branch, category, copy_type, all_parameters(rule, book.library), due, why)


def due_date_now(book: RuleBook, branch: Branch, rule: policy.EffectiveRule, now: datetime) -> DueDate | None:
    """When a loan issued ``now`` at ``branch`` under ``rule`` would be due; None: no due date can be found."""
    past_closing = PastClosing(book.library.hours_past_closing)
    try:
        return policy.due_date(now, rule, book.calendar(branch.pk), past_closing=past_closing)
    except policy.NoOpenDay:
        return None
