"""The page with what somebody sent just after their sign-in had ended."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from library_site import unsent


def unsent_form(request: HttpRequest) -> HttpResponse:
    """Shows the form once the person is back, ready to be sent; a POST here throws it away."""
    form = unsent.kept_for(request)
    if request.method == "POST" or form is None:
        request.session.pop(unsent.UNSENT, None)
        return redirect("library_site:after_sign_in")
    return render(request, "errors/unsent.html", {"form": form, "shown": unsent.typed(form)})
