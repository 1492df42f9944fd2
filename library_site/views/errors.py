"""Pages for what went wrong: what happened, whether anything was saved, what to do."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _

from accounts.api.problems import response_of_status


def page(request: HttpRequest, status: int, title: str, sentences: list[str], back: str = "") -> HttpResponse:
    """An error page that needs neither database nor session. ``back``: where a link leads back to.

    A program gets a problem document instead.
    """
    if request.path.startswith("/api/"):
        return response_of_status(status)
    words = request.GET.get("q", "")[:200]
    context = {"title": title, "sentences": sentences, "status": status, "back": back, "q": words}
    return HttpResponse(loader.get_template("errors/error.html").render(context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400, _("The library did not understand that request"), [
        _("Nothing was changed."),
        _("Go back and try again. If you typed or pasted an address, check it for stray characters."),
    ])  # fmt: skip


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, _("This page is not open to you"), [
        _("Your sign-in does not have the right that this page needs. Nothing was changed."),
        _("If you think it should, ask whoever runs the library."),
    ])  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404, _("There is nothing here"), [
        _("The address may be mistyped, or what stood here is gone."),
        _("Search the catalogue, or go to the start page."),
    ])  # fmt: skip


def not_allowed(request: HttpRequest, back: str = "") -> HttpResponse:
    return page(request, 405, _("This address only takes what a form sends"), [
        _("Nothing was changed. It happens when a page is reloaded, or after signing in again in the middle of work."),
        _("Go back to the page with the form and send it again."),
    ], back=back)  # fmt: skip


def length_needed(request: HttpRequest) -> HttpResponse:
    """What comes in pieces is never read: how long it will be is not known before."""
    return page(request, 411, _("It did not say how long it is"), [_("Nothing was saved. Send it in one piece.")])


def too_large(request: HttpRequest) -> HttpResponse:
    return page(request, 413, _("That is too large to send"), [
        _("Nothing was saved. Pictures may have up to 10 MB, files to be brought in up to 50 MB."),
    ])  # fmt: skip


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = page(request, 429, _("Too many tries"), [
        _("For safety this page is closed to you for a while. Nothing was changed."),
        _("Wait five minutes, then try again. If you forgot your password, the library can give you a new one."),
    ])  # fmt: skip
    response.headers["Retry-After"] = "300"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, 500, _("Something broke on our side"), [
        _("What you sent was not saved. The fault has been written down."),
        _("Go back and try again. If it happens again, tell whoever runs the library."),
    ])  # fmt: skip


def unavailable(request: HttpRequest) -> HttpResponse:
    response = page(request, 503, _("The library's computer is busy"), [
        _("Nothing was saved. What was already there is safe."),
        _("Wait a few seconds and send it again: scan again, or reload the page."),
    ])  # fmt: skip
    response.headers["Retry-After"] = "5"
    return response


def away(request: HttpRequest) -> HttpResponse:
    """Shown by the proxy, which cannot know how far the site came with what was sent."""
    return page(request, 503, _("The library is away for a moment"), [
        _("It is being started again. Whether what you sent just now was saved is not known."),
        _("Wait a few seconds and reload the page, or send the form again: what arrives twice counts once."),
    ])  # fmt: skip


@login_not_required
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403, _("This page was open too long"), [
        _("To protect you, forms serve only for a while, and only with cookies switched on. Nothing was saved."),
        _("Go back, reload the page and send it again."),
    ])  # fmt: skip
