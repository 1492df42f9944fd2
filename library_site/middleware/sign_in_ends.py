"""A sign-in does not last for ever: staff go after a pause or a working day, members after two weeks away."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from accounts.devices import device_of, shortened
from accounts.permissions import USE_DESK
from accounts.queries.sign_ins import LISTED_AS, SEEN_AT, SIGNED_IN_AT
from accounts.services.sign_ins import list_sign_in
from library_site import unsent

NOTES_IN_A_PAUSE = 60  # how often within the longest pause it is noted that the person was here: each note is a write


class SignInEndsMiddleware:
    """Notes in the session when a person signed in and was last here, and ends what has lasted too long.

    Stands after the middleware that refuses forged forms: what is kept of a form was sent by its own page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and request.user.is_authenticated:
            _note(request)
            if request.method == "POST" and response.status_code < 400:  # else it was not taken, and is kept
                unsent.forget_if_sent(request)
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        reason = _reason_to_end(request) if request.user.is_authenticated else ""
        if not reason:
            return None
        form = unsent.form_of(request)
        logout(request)
        messages.warning(request, reason)
        if request.method in ("GET", "HEAD"):
            return redirect(request.get_full_path())
        if not getattr(view, "login_required", True):
            return None
        return unsent.keep(request, form)


def _works_at_the_desk(request: HttpRequest) -> bool:
    return request.user.is_staff or request.user.has_perm(USE_DESK)


def _longest_pause(request: HttpRequest) -> int:
    """In seconds."""
    return settings.STAFF_IDLE_MINUTES * 60 if _works_at_the_desk(request) else settings.SESSION_COOKIE_AGE


def _reason_to_end(request: HttpRequest) -> str:
    """Why this sign-in is over, in a sentence; empty if it is not. Members' sessions end by themselves."""
    if SIGNED_IN_AT not in request.session or not _works_at_the_desk(request):
        return ""
    now, minutes, hours = time.time(), settings.STAFF_IDLE_MINUTES, settings.STAFF_SESSION_HOURS
    if now - request.session[SEEN_AT] > minutes * 60:
        return ngettext(
            "You were signed out because nothing was done here for %(n)d minute. Sign in to go on where you were.",
            "You were signed out because nothing was done here for %(n)d minutes. Sign in to go on where you were.",
            minutes,
        ) % {"n": minutes}
    if now - request.session[SIGNED_IN_AT] > hours * 3600:
        return ngettext(
            "You were signed out because a sign-in of staff lasts %(n)d hour. Sign in to go on where you were.",
            "You were signed out because a sign-in of staff lasts %(n)d hours. Sign in to go on where you were.",
            hours,
        ) % {"n": hours}
    return ""


def _note(request: HttpRequest) -> None:
    session, now = request.session, int(time.time())
    if SIGNED_IN_AT not in session:
        session[SIGNED_IN_AT] = now
        session.set_expiry(0 if _works_at_the_desk(request) else None)  # 0: with the browser, if that is earlier
    if now - session.get(SEEN_AT, 0) > _longest_pause(request) / NOTES_IN_A_PAUSE:
        session[SEEN_AT] = now
    if session.session_key and session.get(LISTED_AS) != session.session_key:
        _list(request, request.user, session.session_key)


def _list(request: HttpRequest, user: Any, session_key: str) -> None:
    """Put this browser into the person's list; the key of a session changes when its person chooses a password."""
    session = request.session
    list_sign_in(
        user, session_key=session_key, listed_as=session.get(LISTED_AS, ""),
        device=device_of(request.META.get("HTTP_USER_AGENT", "")),
        address=shortened(get_adapter(request).get_client_ip(request)),
        since=datetime.fromtimestamp(session[SIGNED_IN_AT], UTC),
    )  # fmt: skip
    session[LISTED_AS] = session_key
