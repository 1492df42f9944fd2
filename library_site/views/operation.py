"""What watches over the site asks: is it alive, can it work, what did it do."""

import ipaddress
import json
import secrets
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from library_site.operation.metrics import exposition
from library_site.operation.readiness import checks
from library_site.views.errors import not_found


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    found = checks(request.GET.get("without", "").split(","))
    is_ready = all(each == "ok" for each in found.values())
    text = json.dumps({"ready": is_ready, "checks": found}, indent=1)
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return HttpResponse(f"{text}\n", content_type="application/json", status=status)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """To whoever may not see them they are not there."""
    if not (_has_token(request) or _is_near(request)):
        return not_found(request)
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())


def _is_near(request: HttpRequest) -> bool:
    """Whether the request comes from an address that is let in. One a proxy we do not trust hands on never does."""
    if not settings.METRICS_ALLOW or ("X-Forwarded-For" in request.headers and not settings.TRUSTED_PROXY_COUNT):
        return False
    try:
        address = ipaddress.ip_address(_address(request))
    except (ValueError, PermissionDenied):
        return False
    return any(address in network for network in settings.METRICS_ALLOW)


def _address(request: HttpRequest) -> str:
    """Where the request came from: itself, or as the last of our own proxies saw it."""
    if "X-Forwarded-For" not in request.headers:
        return request.META.get("REMOTE_ADDR", "")
    return get_adapter().get_client_ip(request)
