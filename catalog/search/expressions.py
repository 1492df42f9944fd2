"""What is looked for, in terms that both engines can put into their own language."""

from collections.abc import Iterable
from dataclasses import dataclass

# The parts of a document, in the order in which the engines keep them.
TITLE, AUTHOR, SUBJECT, PUBLISHER, NUMBER, SHELF, REST = (
    "title", "author", "subject", "publisher", "number", "shelf", "rest",
)  # fmt: skip
PARTS = (TITLE, AUTHOR, SUBJECT, PUBLISHER, NUMBER, SHELF, REST)
HEADS = (TITLE, AUTHOR, SUBJECT)


@dataclass(frozen=True, slots=True)
class Mark:
    """Documents that bear this mark (catalog.search.marks)."""

    token: str


@dataclass(frozen=True, slots=True)
class Words:
    """Documents with these ``tokens`` side by side in one of ``parts`` (none named: in any); the last may go on."""

    tokens: tuple[str, ...]
    parts: tuple[str, ...] = ()
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class And:
    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Without:
    """Documents that fit ``wanted`` and not ``unwanted``."""

    wanted: "Expression"
    unwanted: "Expression"


Expression = Mark | Words | And | Or | Without


def all_of(parts: Iterable[Expression]) -> Expression:
    """The conjunction of ``parts``; one alone stays itself."""
    parts = tuple(parts)
    return parts[0] if len(parts) == 1 else And(parts)


def any_of(parts: Iterable[Expression]) -> Expression:
    """The disjunction of ``parts``; one alone stays itself."""
    parts = tuple(dict.fromkeys(parts))
    return parts[0] if len(parts) == 1 else Or(parts)


def without(wanted: Expression, unwanted: Iterable[Expression]) -> Expression:
    """``wanted`` but for whatever fits one of ``unwanted``."""
    unwanted = tuple(unwanted)
    return Without(wanted, any_of(unwanted)) if unwanted else wanted
