"""What a citation is made of, whatever the style."""

from dataclasses import dataclass

from catalog.normalize.names import SUFFIX, WRITTEN_IN, looks_like_body, natural_name

LEADING = ("aut", "edt", "com", "trl")  # whose names may stand first, the first of these there is


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a part in the book. ``family`` is empty for whoever is never turned round: bodies, single names."""

    name: str
    family: str = ""
    given: str = ""
    suffix: str = ""
    role: str = "aut"

    @property
    def inverted(self) -> str:
        """ "Le Guin, Ursula K."; as the name is written where the family comes first anyway."""
        if not self.family or self.name.startswith(f"{self.family} "):
            return self.name
        return self.by_parts

    @property
    def by_parts(self) -> str:
        """The family name, the given ones and "Jr.", whichever comes first on the title page."""
        return ", ".join(filter(None, (self.family, self.given, self.suffix))) or self.name


@dataclass(frozen=True, slots=True)
class Facts:
    """One edition. Everything but ``number`` (ours) and ``title`` may be empty."""

    number: int
    title: str
    subtitle: str = ""
    people: tuple[Person, ...] = ()
    edition: str = ""
    publisher: str = ""
    place: str = ""
    year: int | None = None
    first_year: int | None = None
    isbns: tuple[str, ...] = ()
    language: str = ""  # BCP 47
    series: str = ""
    pages: int | None = None
    format: str = ""  # a key of drafts.FORMATS
    call_number: str = ""
    subjects: tuple[str, ...] = ()
    url: str = ""

    @property
    def leading_role(self) -> str:
        """The part of those who stand first; empty for a book that begins with its title."""
        roles = {person.role for person in self.people}
        return next((role for role in LEADING if role in roles), "")

    def by_role(self, role: str) -> list[Person]:
        return [person for person in self.people if person.role == role]

    @property
    def leaders(self) -> list[Person]:
        return self.by_role(self.leading_role)

    def others(self) -> list[tuple[str, list[Person]]]:
        """Those who follow the title, by part: editors, compilers, translators."""
        rest = LEADING[LEADING.index(self.leading_role) + 1 :] if self.leading_role else ()
        return [(role, people) for role in rest if (people := self.by_role(role))]

    @property
    def published_itself(self) -> bool:
        """Whether the only author is the publisher, who is then named once."""
        return bool(self.publisher) and [person.name for person in self.leaders] == [self.publisher]


def person(name: str, sort_name: str, role: str = "aut") -> Person:
    """A name and the form it is sorted by, taken apart where names of its script and kind are turned round."""
    inverted = sort_name if sort_name != name else ""
    if not inverted and natural_name(name) != name:
        name, inverted = natural_name(name), name
    first, *rest = [part.strip() for part in inverted.split(",")]
    if not rest or not first or looks_like_body(name) or not WRITTEN_IN.match(first.lstrip("'ʻʼ’")):
        return Person(name=name, role=role)
    given, *suffix = rest
    if SUFFIX.fullmatch(given) and not suffix:
        given, suffix = "", [given]
    return Person(name=name, family=first, given=given, suffix=", ".join(suffix), role=role)
