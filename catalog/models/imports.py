"""Bringing things in: one staging area for every source. What came, what it was taken for, what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Work

from .books import Book
from .copies import Copy


class ImportBatch(Work):
    """Many records brought in together, from one file, list or scanning session.

    ``phase`` says where it stands, ``state`` whether somebody works on that phase: a batch in REVIEW or COLLECTING is
    PAUSED, waiting for a person; one that is APPLIED or UNDONE is DONE. ``options``: how it was asked to be read and
    applied (services.staging names them). ``file`` is kept only until it is staged: the rows hold what it said.
    """

    class Source(models.TextChoices):
        OPEN_LIBRARY = "openlibrary", _("Open Library")
        SCAN = "scan", _("scanned")
        CSV = "csv", _("CSV table")
        MARC = "marc", _("MARC")
        MARCXML = "marcxml", _("MARCXML")
        JSONL = "jsonl", _("JSON lines")

    class Phase(models.TextChoices):
        MAPPING = "mapping", _("waiting for its columns to be named")
        COLLECTING = "collecting", _("being scanned")
        STAGING = "staging", _("being read")
        REVIEW = "review", _("waiting to be looked through")
        APPLYING = "applying", _("being brought in")
        APPLIED = "applied", _("brought in")
        UNDOING = "undoing", _("being taken back")
        UNDONE = "undone", _("taken back")

    source = models.CharField(_("source"), max_length=20, choices=Source, default=Source.OPEN_LIBRARY)
    phase = models.CharField(_("phase"), max_length=12, choices=Phase, default=Phase.APPLYING)
    name = models.CharField(_("file"), max_length=200, blank=True)
    file = models.CharField(_("stored as"), max_length=200, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by"],
                condition=Q(phase="collecting", state__in=["queued", "running", "paused", "failed"]),
                name="one_scan_queue_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.pk}"


class ImportRow(models.Model):
    """One record of a batch. ``raw``: enough to write it out again. ``draft``: what it was understood as.

    ``verdict`` is what staging found, ``decision`` what a person said, ``outcome`` what became of it. ``copies``: how
    many a person wants of it, where one was asked. ``made``: keys of what it made beside a book, its copies and a
    member, for example {"loan": 7}.
    """

    class What(models.TextChoices):
        BOOK = "book", _("book")
        MEMBER = "member", _("member")
        LOAN = "loan", _("loan")

    class Verdict(models.TextChoices):
        UNREAD = "", _("not looked at yet")
        NEW = "new", _("new")
        KNOWN = "known", _("here already")
        DOUBTFUL = "doubtful", _("doubtful")
        NOT_FOUND = "not_found", _("not found")
        WRONG = "wrong", _("wrong")

    class Decision(models.TextChoices):
        AUTO = "", _("by the rules")
        NEW = "new", _("a new book")
        COPY = "copy", _("a further copy")
        SKIP = "skip", _("nothing")

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ADDED = "added", _("added")
        COPY_ADDED = "copy_added", _("copy added")
        UPDATED = "updated", _("updated")
        KNOWN = "known", _("here already")
        SKIPPED = "skipped", _("left out")
        NOT_FOUND = "not_found", _("not found")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("taken back")
        KEPT = "kept", _("could not be taken back")

    batch = models.ForeignKey(ImportBatch, verbose_name=_("import"), on_delete=models.CASCADE, related_name="rows")
    n = models.PositiveIntegerField(_("line"))
    what = models.CharField(_("kind"), max_length=6, choices=What, default=What.BOOK)
    raw = models.TextField(_("as given"))
    raw_digest = models.CharField(max_length=32, blank=True, editable=False)
    draft = models.JSONField(_("as understood"), default=dict, blank=True)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, default=Verdict.UNREAD, blank=True)
    matched_book = models.ForeignKey(
        Book, verbose_name=_("matches"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    matched_by = models.CharField(_("matched by"), max_length=10, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, default=Decision.AUTO, blank=True)
    copies = models.PositiveSmallIntegerField(_("copies"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, default=Outcome.WAITING)
    reason = models.TextField(_("reason"), blank=True)
    created_book = models.ForeignKey(
        Book, verbose_name=_("new book"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_copies = models.ManyToManyField(Copy, verbose_name=_("new copies"), related_name="+", blank=True)
    created_member = models.ForeignKey(
        Member, verbose_name=_("new member"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made = models.JSONField(_("made besides"), default=dict, blank=True)

    class Meta:
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of an import")
        ordering = ["batch", "n"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "n"], name="import_row_once"),
        ]
        indexes = [
            models.Index(fields=["raw_digest"], condition=~Q(raw_digest=""), name="import_row_as_given"),
        ]

    def __str__(self) -> str:
        return f"{self.batch} / {self.n}"
