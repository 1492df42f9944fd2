"""Finding the author or subject that is meant, or making it."""

from catalog.drafts import DraftContributor
from catalog.models import Author, Subject
from catalog.normalize.names import name_key, sort_name
from catalog.normalize.subjects import subject_key
from catalog.services.merged import kept_author, kept_subject


def author_for(person: DraftContributor) -> Author:
    """The author meant by ``person``: by key, else by name among those whose key does not contradict, else a new one.

    Two authors with different keys of a source are never taken for one because of their name alone. Who was merged
    with another is that one.
    """
    key = name_key(person.name)
    if person.key:
        known = Author.objects.filter(source_key=person.key).first()
        return known or kept_author(key, person.key) or _adopted(key, person) or _made(key, person)
    return Author.objects.filter(match_key=key).order_by("pk").first() or kept_author(key) or _made(key, person)


def subject_for(name: str) -> Subject:
    """The subject called ``name`` in any spelling or before it was merged with another, or a new one."""
    key = subject_key(name)
    known = Subject.objects.filter(match_key=key).first() or kept_subject(key)
    return known or Subject.objects.get_or_create(match_key=key, defaults={"name": name[:300]})[0]


def rename(author: Author, name: str) -> None:
    """Spell the name of ``author`` in another way. A form to sort by that was given by hand stays."""
    if author.sort_name == sort_name(author.name)[:300]:
        author.sort_name = sort_name(name)[:300]
    author.name = name
    author.save(update_fields=["name", "sort_name"])


def _adopted(key: str, person: DraftContributor) -> Author | None:
    """An author typed in by hand under the same name gets the source's key."""
    author = Author.objects.filter(match_key=key, source_key=None).order_by("pk").first()
    if author:
        author.source_key = person.key
        author.save(update_fields=["source_key"])
    return author


def _made(key: str, person: DraftContributor) -> Author:
    name = person.name[:300]
    sort_form = (person.sort_name or sort_name(name))[:300]
    return Author.objects.create(name=name, sort_name=sort_form, match_key=key, source_key=person.key or None)
