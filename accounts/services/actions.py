"""Every change of state goes through ``recorded``: one transaction, one Action, and never twice for one form."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, User

P = ParamSpec("P")
R = TypeVar("R")


class FormAlreadyUsed(Exception):
    """A form came back with other contents than it was first sent with; ``action`` is what it did the first time."""

    def __init__(self, action: Action) -> None:
        self.action = action
        super().__init__(f"form already used for {action}")


class TakenBackSince(Refused):
    """A form came back after what it did was taken back: it does not do it again, nor does it count as done."""

    def __init__(self) -> None:
        text = _("What this form did was taken back since. Nothing was done now: do it again here if it is wanted.")
        super().__init__("taken_back_since", text)


def recorded(
    verb: str, *, secret: tuple[str, ...] = ()
) -> Callable[[Callable[Concatenate[Action, P], R]], Callable[..., R]]:
    """Make a function a service: run in a transaction and recorded as one Action called ``verb``.

    The function's first argument is the Action, to be filled in (``describe``, ``reason``, ``overrides``). Callers
    leave it out and may give, by keyword:

    ``by``   the User who acts, or None for the system;
    ``key``  the hidden key of the form. A second call with the same key changes nothing and returns what the first
             returned. The same key with other arguments raises FormAlreadyUsed, one whose action was undone
             Refused("taken_back_since").
    ``now``  the moment of the action (aware); the function gets it too. Default: the clock.

    ``secret`` names keyword arguments of which the record keeps no trace: a call that differs in them alone counts as
    the same one, and it is the caller's to see whether they are the ones that hold.

    The decorated function returns a model instance, a list of instances of one model, or a value JSON can hold.
    """

    def decorate(function: Callable[Concatenate[Action, P], R]) -> Callable[..., R]:
        @wraps(function)
        def service(
            *args: Any, by: User | None, key: str | None = None, now: datetime | None = None, **kwargs: Any
        ) -> R:
            now = now or timezone.now()
            action = Action(key=key or uuid.uuid4().hex, verb=verb, by=by, at=now)
            if key:
                action.fingerprint = _fingerprint(args, {k: v for k, v in kwargs.items() if k not in secret})
            try:
                with transaction.atomic():
                    if key:
                        _claim(action)
                    value = function(action, *args, by=by, now=now, **kwargs)  # type: ignore[arg-type]
                    action.result = _stored(value)
                    if key or not action.is_left_out:
                        action.save()
                    return value
            except _KeyTaken:
                return _first_result(Action.objects.get(key=key), action)

        return service

    return decorate


def describe(action: Action, target: models.Model, *, before: dict | None = None, after: dict | None = None) -> None:
    """Say what ``action`` was done to, and what was true ``before`` and ``after`` (JSON values)."""
    action.target_type = target._meta.label_lower
    action.target_id = target.pk
    action.before = before or {}
    action.after = after or {}


def leave_out(action: Action) -> None:
    """Keep no record of ``action``: everything was so already. Only the key of a form is remembered all the same."""
    action.is_left_out = True


def changes(instance: models.Model, new_values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of ``instance`` that ``new_values`` would change, as (before, after) in JSON values."""
    before, after = {}, {}
    for name, new in new_values.items():
        old = getattr(instance, name)
        if old != new:
            before[name], after[name] = as_json(old), as_json(new)
    return before, after


def as_json(value: Any) -> Any:
    """``value`` as the record keeps it: instances by their key, bytes by their hash, everything JSON lacks as text."""
    if isinstance(value, models.Model):
        return value.pk
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(name): as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple | models.QuerySet):
        return [as_json(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((as_json(each) for each in value), key=repr)
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)


class _KeyTaken(Exception):
    """Another action has the key; ends the transaction, which an IntegrityError leaves unusable."""


def _claim(action: Action) -> None:
    """Insert ``action`` under its key. Raises _KeyTaken.

    The unique key makes a second, simultaneous request wait here for the first one's transaction.
    """
    try:
        action.save(force_insert=True)
    except IntegrityError as error:
        raise _KeyTaken from error


def _first_result(earlier: Action, repeated: Action) -> Any:
    same = (earlier.verb, earlier.by_id, earlier.fingerprint) == (repeated.verb, repeated.by_id, repeated.fingerprint)
    if not same:
        raise FormAlreadyUsed(earlier)
    if earlier.undone_by_id:
        raise TakenBackSince
    try:
        return _loaded(earlier.result)
    except KeyError:  # what the form made is gone by now
        raise FormAlreadyUsed(earlier) from None


def _fingerprint(args: tuple, kwargs: dict) -> str:
    parts = [repr(as_json(a)) for a in args] + [f"{k}={as_json(v)!r}" for k, v in sorted(kwargs.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _stored(value: Any) -> dict:
    if isinstance(value, models.Model):
        return {"model": value._meta.label_lower, "pk": value.pk}
    if isinstance(value, list) and value and isinstance(value[0], models.Model):
        return {"model": value[0]._meta.label_lower, "pks": [each.pk for each in value]}
    return {"value": value}


def _loaded(result: dict) -> Any:
    if "model" not in result:
        return result["value"]
    wanted = result.get("pks", [result.get("pk")])
    found = apps.get_model(result["model"])._default_manager.in_bulk(wanted)
    made = [found[pk] for pk in wanted]
    return made if "pks" in result else made[0]
