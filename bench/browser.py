"""The least a browser does: cookies, hidden fields of forms, redirects; one connection that is kept open."""

import gzip
import html
import http.client
import re
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

FIELD = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'\b(name|value|type)="([^"]*)"')
MOST_REDIRECTS = 5


@dataclass
class Page:
    """What came back in the end, after redirects, and how many requests it took."""

    path: str
    status: int
    text: str
    requests: int

    def form_with(self, field: str) -> dict[str, str]:
        """The hidden fields of the form that has the input ``field``."""
        for form in self.text.split("<form")[1:]:
            inputs = [dict(ATTRIBUTE.findall(each)) for each in FIELD.findall(form.partition("</form>")[0])]
            if any(each.get("name") == field for each in inputs):
                hidden = [each for each in inputs if each.get("type") == "hidden"]
                return {each["name"]: html.unescape(each.get("value", "")) for each in hidden}
        raise LookupError(f"{self.path} ({self.status}) has no form with the field {field}")


class Browser:
    """One person at one screen of the site at ``url``."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._url = url
        self.cookies: dict[str, str] = {}

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def sign_in(self, name: str, password: str) -> None:
        """Sign in on the site's own page."""
        page = self.get("/accounts/login/")
        page = self.post(
            "/accounts/login/", {**page.form_with("password"), "login": name, "password": password}, page.path
        )
        if "sessionid" not in self.cookies:
            raise LookupError(f"{name} could not sign in ({page.status})")

    def get(self, path: str) -> Page:
        """Open ``path``."""
        return self._follow("GET", path, None, "")

    def post(self, path: str, fields: dict[str, str], came_from: str = "") -> Page:
        """Send a form to ``path``."""
        return self._follow("POST", path, urlencode(fields), came_from)

    def raw(self, path: str) -> tuple[int, bytes, int]:
        """Status, contents and the bytes that were sent for them, compressed where the site does so."""
        answer, body = self._once("GET", path, None, {"Accept-Encoding": "gzip"})
        packed = answer.headers.get("Content-Encoding") == "gzip"
        return answer.status, gzip.decompress(body) if packed else body, len(body)

    def _follow(self, method: str, path: str, body: str | None, came_from: str) -> Page:
        for number in range(1, MOST_REDIRECTS + 1):
            headers = {"Origin": self._url, "Referer": self._url + (came_from or path)}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            answer, content = self._once(method, path, body, headers)
            if answer.status not in (301, 302, 303):
                return Page(path, answer.status, content.decode(), number)
            method, body = "GET", None
            target = urlsplit(answer.headers["Location"])
            path = target.path + (f"?{target.query}" if target.query else "")
        raise LookupError(f"{path} redirects without end")

    def _once(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        sent = {**headers, "Cookie": self.cookie_header} if self.cookies else headers
        try:
            try:
                answer = self._asked(method, path, body, sent)
            except ConnectionError:  # an idle connection that the site closed
                self._connection.close()
                answer = self._asked(method, path, body, sent)
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # half used: the next question needs a new one
            raise
        for header in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return answer, content

    def _asked(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()
