"""The description of the API for people, in which requests can be tried out."""

from typing import Any

from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import PUBLIC


class Docs(SpectacularSwaggerSplitView):
    """A page of ours around Swagger UI, without any script or style of its own in the HTML."""

    permission = PUBLIC
    scope: dict[str, str] = {}  # it is no resource; everybody may read it
    template_name = "api/docs.html"
    template_name_js = "api/docs.js"
    url_name = "api:schema"
    schema = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().get(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response
