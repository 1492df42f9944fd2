"""What the HTTP Observatory of MDN would say of one answer: its tests and points, without asking anybody.

100 to begin with; points are taken away, and added only where 90 are left without them. https://developer.mozilla.org
/en-US/observatory/docs/tests_and_scoring
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import Morsel

HALF_A_YEAR = 15_768_000
ENOUGH_FOR_EXTRA_POINTS = 90
BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*", "data:", "blob:"}
PASSIVE = ("img-src", "media-src")
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """An answer over https: its headers by lower-case name, the cookies it sets, and its text if it is HTML."""

    headers: dict[str, str]
    cookies: list[Morsel[str]]
    html: str = ""

    @property
    def policy(self) -> dict[str, set[str]]:
        """The directives of its Content-Security-Policy; of one that stands twice the first."""
        found: dict[str, set[str]] = {}
        for directive in self.headers.get("content-security-policy", "").split(";"):
            name, *values = directive.lower().split() or [""]
            found.setdefault(name, set(values))
        found.pop("", None)
        return found

    def sources(self, name: str) -> set[str]:
        return self.policy.get(name, self.policy.get("default-src", {"*"}))


def content_security_policy(answer: Answer) -> int:
    """The points of the worst that the policy allows, else those of one without holes."""
    holes = [points for points, allows in HOLES if allows(answer)]
    return holes[0] if holes else 10 if answer.policy.get("default-src") == {"'none'"} else 5


def _runs_anything(answer: Answer) -> bool:
    scripts, objects = answer.sources("script-src"), answer.sources("object-src")
    return bool(scripts & {*BROAD, "'unsafe-inline'"} or objects & BROAD)


def _fetches_over_http(answer: Answer) -> bool:
    active = [values for name, values in answer.policy.items() if name not in PASSIVE]
    return _over_http(set().union(*active))


def _over_http(sources: set[str]) -> bool:
    return any(source.startswith(("http:", "ftp:")) for source in sources)


HOLES: list[tuple[int, Callable[[Answer], bool]]] = [
    (-25, lambda answer: not answer.policy),
    (-20, _runs_anything),
    (-20, _fetches_over_http),
    (-10, lambda answer: "'unsafe-eval'" in answer.sources("script-src") | answer.sources("style-src")),
    (-10, lambda answer: any(_over_http(answer.sources(name)) for name in PASSIVE)),
    (0, lambda answer: bool(answer.sources("style-src") & {*BROAD, "'unsafe-inline'"})),
]


def cookies(answer: Answer) -> int:
    return min((_cookie(each, strict_transport_security(answer) == 0) for each in answer.cookies), default=0)


def _cookie(cookie: Morsel[str], protected: bool) -> int:
    name, same_site = cookie.key.lower(), cookie["samesite"].lower()
    is_session = "sess" in name or "login" in name
    if is_session and not cookie["secure"] and not protected:
        return -40
    if is_session and not cookie["httponly"]:
        return -30
    if ("csrf" in name and not same_site) or (same_site and same_site not in ("lax", "strict", "none")):
        return -20
    if not cookie["secure"]:
        return (-10 if is_session else -5) if protected else -20
    return 5 if same_site else 0


def cross_origin_resource_sharing(answer: Answer) -> int:
    """The answer to a request from another site: may it read, with the visitor's cookies?"""
    return -50 if answer.headers.get("access-control-allow-credentials", "").lower() == "true" else 0


def referrer_policy(answer: Answer) -> int:
    stated = [each.strip().lower() for each in answer.headers.get("referrer-policy", "").split(",") if each.strip()]
    return (5 if stated[-1] in PRIVATE else -5) if stated else 0


def strict_transport_security(answer: Answer) -> int:
    stated = answer.headers.get("strict-transport-security", "")
    seconds = re.search(r"max-age=(\d+)", stated)
    return -20 if not seconds else 0 if int(seconds[1]) >= HALF_A_YEAR else -10


def subresource_integrity(answer: Answer) -> int:
    """Scripts from elsewhere without a hash, and those that come over http."""
    places = [re.search(r"\bsrc=[\"']?([^\"'\s>]+)", script) for script in SCRIPT.findall(answer.html)]
    elsewhere = [place[1] for place in places if place and re.match(r"(\w+:)?//", place[1])]
    return -50 if any(place.startswith("http:") for place in elsewhere) else -5 if elsewhere else 0


def content_type_options(answer: Answer) -> int:
    return 0 if answer.headers.get("x-content-type-options", "").lower() == "nosniff" else -5


def frame_options(answer: Answer) -> int:
    if "frame-ancestors" in answer.policy and not answer.policy["frame-ancestors"] & BROAD:
        return 5
    return 5 if answer.headers.get("x-frame-options", "").lower() in ("deny", "sameorigin") else -20


def resource_policy(answer: Answer) -> int:
    points = {"": 0, "same-origin": 10, "same-site": 10, "cross-origin": 0}
    return points.get(answer.headers.get("cross-origin-resource-policy", ""), -5)


def opener_policy(answer: Answer) -> int:
    points = {"": 0, "unsafe-none": 0, "same-origin": 10, "same-origin-allow-popups": 10, "noopener-allow-popups": 10}
    return points.get(answer.headers.get("cross-origin-opener-policy", ""), -5)


TESTS: tuple[Callable[[Answer], int], ...] = (
    content_security_policy, cookies, cross_origin_resource_sharing, referrer_policy, strict_transport_security,
    subresource_integrity, content_type_options, frame_options, resource_policy, opener_policy,
)  # fmt: skip


def lost(answer: Answer) -> dict[str, int]:
    """The tests that take points away, and how many: other tests' points may make up for them."""
    return {test.__name__: points for test in TESTS if (points := test(answer)) < 0}


def score(answer: Answer) -> int:
    """The points of ``answer``, from 0; 100 and more are an A+."""
    points = [test(answer) for test in TESTS]
    without_extra = 100 + sum(point for point in points if point < 0)
    return max(0, 100 + sum(points) if without_extra >= ENOUGH_FOR_EXTRA_POINTS else without_extra)
