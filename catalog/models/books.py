"""Books (editions), who made them, what they are about and the numbers they are known by."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.addresses import address_of
from catalog.drafts import FORMATS, IDENTIFIER_KINDS, ROLES


class Author(models.Model):
    """A person or body that made books. ``source_key`` is the identity in a source, for example OL26320A."""

    name = models.CharField(_("name"), max_length=300)
    sort_name = models.CharField(_("name for sorting"), max_length=300, db_index=True)
    match_key = models.CharField(max_length=300, editable=False)
    source_key = models.CharField(_("key in the source"), max_length=60, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["sort_name", "pk"]
        # Not db_index, of which PostgreSQL makes two: one for beginnings, too, which this one finds by its collation.
        indexes = [models.Index(fields=["match_key"], name="author_by_key")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("catalog:author", self.pk)


class Subject(models.Model):
    """What a book is about."""

    name = models.CharField(_("name"), max_length=300)
    match_key = models.CharField(max_length=300, editable=False)

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["match_key"], name="subject_has_its_own_key")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("catalog:subject", self.pk)


class Book(models.Model):
    """One edition. What can be held in the hand is a Copy."""

    title = models.CharField(_("title"), max_length=500)
    subtitle = models.CharField(_("subtitle"), max_length=500, blank=True)
    sort_title = models.CharField(max_length=500, db_index=True, editable=False)
    match_key = models.CharField(max_length=500, db_index=True, editable=False)
    statement = models.CharField(_("statement of responsibility"), max_length=500, blank=True)
    edition = models.CharField(_("edition"), max_length=200, blank=True)
    publisher = models.CharField(_("publisher"), max_length=300, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    published = models.CharField(_("date of publication"), max_length=100, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    first_year = models.PositiveSmallIntegerField(_("first published in"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=3, blank=True)
    other_languages = models.JSONField(_("other languages"), default=list, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    pagination = models.CharField(_("pagination"), max_length=200, blank=True)
    format = models.CharField(_("format"), max_length=20, choices=FORMATS, blank=True)
    format_text = models.CharField(_("format as given"), max_length=100, blank=True)
    series = models.CharField(_("series"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    call_number = models.CharField(_("call number"), max_length=60, blank=True)
    shelf_key = models.CharField(max_length=255, default="", editable=False)
    subjects = models.ManyToManyField(Subject, verbose_name=_("subjects"), related_name="books", blank=True)
    origins = models.JSONField(_("origin of each field"), default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("book")
        verbose_name_plural = _("books")
        ordering = ["sort_title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="book_has_a_title"),
        ]
        indexes = [models.Index(fields=["shelf_key", "id"], name="book_on_the_shelf")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("catalog:book", self.pk)

    @property
    def full_title(self) -> str:
        return f"{self.title}: {self.subtitle}" if self.subtitle else self.title


class Contributor(models.Model):
    """An author's part in a book, in the order of the title page."""

    book = models.ForeignKey(Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="contributors")
    author = models.ForeignKey(Author, verbose_name=_("author"), on_delete=models.PROTECT, related_name="contributions")
    role = models.CharField(_("role"), max_length=3, choices=ROLES, default="aut")
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["book", "author", "role"], name="contributor_once_per_role"),
        ]

    def __str__(self) -> str:
        return f"{self.author} ({self.get_role_display()})"


class BookIdentifier(models.Model):
    """A number a book is known by. Not unique: publishers use ISBNs again, sets share one."""

    book = models.ForeignKey(Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(_("kind"), max_length=12, choices=IDENTIFIER_KINDS)
    value = models.CharField(_("value"), max_length=40)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["book", "kind", "value"], name="identifier_once_per_book"),
        ]
        indexes = [models.Index(fields=["value", "kind"], name="identifier_value")]

    def __str__(self) -> str:
        return self.value
