"""Finding the authors and subjects that are meant, or making them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.services.rows import save_new
from catalog.drafts import DraftContributor
from catalog.models import Author, MergedRecord, RecordKind, Subject
from catalog.normalize.names import name_key, sort_name
from catalog.normalize.subjects import subject_key
from catalog.services.merged import kept_author, kept_subject


def author_for(person: DraftContributor) -> Author:
    """The author meant by ``person`` (see ``authors_for``)."""
    return authors_for([person])[0][0]


def authors_for(people: Sequence[DraftContributor]) -> tuple[list[Author], list[Author]]:
    """The authors meant by ``people``, one each, and those among them that are new.

    By key, else by name among those whose key does not contradict, else a new one. Two authors with different keys of
    a source are never taken for one because of their name alone. Who was merged with another is that one. Inside the
    caller's transaction.
    """
    here = _authors_here(people)
    found = [here.meant_by(person) for person in people]
    save_new(Author, ("name", "sort_name", "match_key", "source_key"), here.new)
    Author.objects.bulk_update(here.adopted, ["source_key"])
    return found, here.new


def subject_for(name: str) -> Subject:
    """The subject called ``name`` in any spelling, or a new one."""
    return subjects_for([name])[0][0]


def subjects_for(names: Sequence[str]) -> tuple[list[Subject], list[Subject]]:
    """The subjects called ``names`` in any spelling, one each, and those among them that are new.

    One that was merged with another is that one. Inside the caller's transaction.
    """
    keys = [subject_key(name) for name in names]
    merged = MergedRecord.objects.filter(kind=RecordKind.SUBJECT, match_key__among=set(keys)).order_by("pk")
    subjects = {row.match_key: kept for row in merged if (kept := kept_subject(row.match_key))}
    subjects |= {subject.match_key: subject for subject in Subject.objects.filter(match_key__among=set(keys))}
    new = []
    for key, name in zip(keys, names, strict=True):
        if key not in subjects:
            subjects[key] = Subject(name=name[:300], match_key=key)
            new.append(subjects[key])
    save_new(Subject, ("name", "match_key"), new)
    return [subjects[key] for key in keys], new


def rename(author: Author, name: str) -> None:
    """Spell the name of ``author`` in another way. A form to sort by that was given by hand stays."""
    if author.sort_name == sort_name(author.name)[:300]:
        author.sort_name = sort_name(name)[:300]
    author.name = name
    author.save(update_fields=["name", "sort_name"])


@dataclass(slots=True)
class _Authors:
    """The authors here by key and by name, and those that are made or learn their key."""

    by_key: dict[str, Author] = field(default_factory=dict)
    by_name: dict[str, list[Author]] = field(default_factory=lambda: defaultdict(list))
    merged: dict[str, Author] = field(default_factory=dict)
    new: list[Author] = field(default_factory=list)
    adopted: list[Author] = field(default_factory=list)

    def meant_by(self, person: DraftContributor) -> Author:
        alike = self.by_name[name_key(person.name)]
        if person.key:
            known = self.by_key.get(person.key) or self.merged.get(person.key)
            return known or self._adopt(alike, person.key) or self._make(alike, person)
        return alike[0] if alike else self.merged.get(name_key(person.name)) or self._make(alike, person)

    def learn_merged(self, row: MergedRecord) -> None:
        """An author who became part of another is found by key and by name as before."""
        if row.source_key and (kept := kept_author(row.match_key, row.source_key)):
            self.merged[row.source_key] = kept
        if kept := kept_author(row.match_key):
            self.merged[row.match_key] = kept

    def _adopt(self, alike: list[Author], key: str) -> Author | None:
        """An author typed in by hand under the same name gets the source's key."""
        author = next((each for each in alike if each.source_key is None), None)
        if author:
            author.source_key = key
            self.by_key[key] = author
            if author.pk:
                self.adopted.append(author)
        return author

    def _make(self, alike: list[Author], person: DraftContributor) -> Author:
        name = person.name[:300]
        sort_form = (person.sort_name or sort_name(name))[:300]
        key = name_key(person.name)
        author = Author(name=name, sort_name=sort_form, match_key=key, source_key=person.key or None)
        alike.append(author)
        self.new.append(author)
        if person.key:
            self.by_key[person.key] = author
        return author


def _authors_here(people: Iterable[DraftContributor]) -> _Authors:
    here = _Authors()
    keys = {person.key for person in people if person.key}
    if keys:
        here.by_key = {author.source_key or "": author for author in Author.objects.filter(source_key__among=keys)}
    names = {name_key(person.name) for person in people if person.key not in here.by_key}
    for author in Author.objects.filter(match_key__among=names).order_by("pk") if names else ():
        here.by_name[author.match_key].append(here.by_key.get(author.source_key or "") or author)
    alike = Q(source_key__among=keys) | Q(match_key__among=names)
    merged = MergedRecord.objects.filter(alike, kind=RecordKind.AUTHOR)
    for row in merged.order_by("pk"):  # few, if any
        here.learn_merged(row)
    return here
