"""Cover pictures: checked, re-encoded and stored by us, whether fetched or uploaded."""

import io
import logging
import secrets
from datetime import datetime
from functools import partial

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image

from accounts.exceptions import Refused
from accounts.models import Action, User, Work
from accounts.services import work
from accounts.services.actions import describe, recorded
from catalog.models import Book, Cover
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import PASSING, OpenLibraryError
from catalog.services.small_covers import small_name

MOST_BYTES = 10_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
# By format: unpacking a larger one would take more than about 150 MB of memory. JPEGs are unpacked at a smaller size,
# unless they are progressive. Telephones send MPO, a JPEG with more pictures behind it.
MOST_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 16_000_000, "GIF": 16_000_000, "WEBP": 9_000_000}
MOST_PROGRESSIVE_PIXELS = 24_000_000
LARGEST_ID = 2**62  # of a cover at Open Library
PREVIEW_SECONDS, NO_PREVIEW_SECONDS = 86_400, 3_600
LEAST_SIDE = 20  # Open Library answers a missing cover with a picture of 1 x 1
STORED_SIZE = (500, 750)
PAPER = (255, 255, 255)  # behind what is transparent
GIVE_UP = ("not_found", "too_large")  # asking again would bring the same
NOT_ITS_FAULT = PASSING | {"blocked", "busy"}  # says nothing of the picture: it is asked for again for ever
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip

logger = logging.getLogger(__name__)


def upload_cover(
    book: Book, *, data: bytes, by: User | None, key: str | None = None, now: datetime | None = None
) -> Book:
    """Make ``data`` (JPEG, PNG, GIF or WebP, at most 10 MB) the cover of ``book``. Raises Refused("bad_picture")."""
    picture, size = reencoded(data)  # takes long: nobody else may have to wait for it, so before the transaction
    return _upload_cover(book, picture=picture, size=size, by=by, key=key, now=now)


@recorded("upload_cover")
def _upload_cover(
    action: Action, book: Book, *, picture: bytes, size: tuple[int, int], by: User | None, now: datetime
) -> Book:
    cover = _locked_cover(book)
    _store(cover, picture, size, now)
    describe(action, book, after={"cover": cover.file.name})
    return book


@recorded("remove_cover")
def remove_cover(action: Action, book: Book, *, by: User | None, now: datetime) -> Book:
    """Take the picture of ``book`` away for good; the drawn cover shows again, and imports bring no other."""
    cover = _locked_cover(book)
    describe(action, book, before={"cover": cover.file.name})
    forget_file(cover.file.name)
    cover.file, cover.width, cover.height, cover.state = "", 0, 0, Work.State.DONE
    cover.save()
    return book


def want_cover(book: Book, source_id: int | None, *, again: bool = False) -> bool:
    """Ask the worker to fetch the cover with this number, if any, at Open Library, unless the book has or had one.

    ``again``: a person wishes it: also where fetching failed or a picture was removed. True: nobody had asked before.
    """
    if not source_id:
        return False
    cover, is_new = Cover.objects.get_or_create(book=book, defaults={"source_id": source_id, "total": 1})
    if again and not is_new and not cover.file:
        Cover.objects.filter(pk=cover.pk).update(
            source_id=source_id, total=1, state=Work.State.QUEUED, attempts=0, due_at=None, lease_until=None, problem=""
        )
    return is_new


def fetch_next_cover(client: OpenLibrary, now: datetime | None = None) -> bool:
    """Fetch one cover that is due and in nobody's hands. False: there is none.

    A cover that is not there or no picture is given up; a source that does not answer is asked again later, however
    long it is away. What a librarian did with the cover meanwhile stays.
    """
    cover = work.claim_next(Cover, now)
    if cover is None:
        return False
    try:
        picture, size = reencoded(client.cover(cover.source_id or 0, "L"))
    except OpenLibraryError as error:
        _give_up_or_wait(cover, error, now)
    except Refused as refusal:
        if work.keep_claim(cover, now):
            work.fail(cover, refusal.message, now)
    else:
        _store_fetched(cover, picture, size, now)
    return True


def _store_fetched(cover: Cover, picture: bytes, size: tuple[int, int], now: datetime | None) -> None:
    """Store what was fetched, if nobody did anything with ``cover`` meanwhile; later, if the disk will not take it."""
    claimed_until = cover.lease_until
    try:
        with transaction.atomic():
            if work.keep_claim(cover, now):
                _store(cover, picture, size, now)
    except OSError:
        logger.exception("the cover of book %s could not be stored", cover.book_id)
        cover.lease_until = claimed_until  # the longer claim was rolled back
        cover.attempts = min(cover.attempts, len(work.PAUSES))
        work.try_later(cover, _("Something unexpected went wrong; the log has more."), now)


def _give_up_or_wait(cover: Cover, error: OpenLibraryError, now: datetime | None) -> None:
    if error.code in NOT_ITS_FAULT:
        cover.attempts = min(cover.attempts, len(work.PAUSES))
    if work.keep_claim(cover, now):
        (work.fail if error.code in GIVE_UP else work.try_later)(cover, error.message, now)


def reencoded(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """``data`` as a fresh JPEG within STORED_SIZE, without anything but its pixels, and its size.

    Raises Refused("bad_picture") for what is no picture, too large or too small.
    """
    if len(data) > MOST_BYTES:
        raise Refused("bad_picture", _("Pictures may have up to 10 MB."))
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if not _has_a_cover_s_size(picture):
                raise Refused("bad_picture", _("The picture is too small or too large to be a cover."))
            small = _small(picture)
    except Refused:
        raise
    except Exception as error:  # what is no picture makes decoders fail in more ways than they say
        raise Refused("bad_picture", _("This is no picture that can be read. Use JPEG, PNG, GIF or WebP.")) from error
    small.info.clear()  # Pillow would write comments along
    out = io.BytesIO()
    small.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue(), small.size


def _has_a_cover_s_size(picture: Image.Image) -> bool:
    most = MOST_PROGRESSIVE_PIXELS if picture.info.get("progressive") else MOST_PIXELS[picture.format or ""]
    return min(picture.size) >= LEAST_SIDE and picture.width * picture.height <= most


def _small(picture: Image.Image) -> Image.Image:
    """``picture`` upright, within STORED_SIZE, on white paper; made small first, because that saves memory."""
    if picture.mode not in ("RGB", "L", "CMYK", "RGBA"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((max(STORED_SIZE), max(STORED_SIZE)))
    turned = upright(picture)
    turned.thumbnail(STORED_SIZE)
    if turned.mode != "RGBA":
        return turned.convert("RGB")
    paper = Image.new("RGB", turned.size, PAPER)
    paper.paste(turned, mask=turned)
    return paper


def upright(picture: Image.Image) -> Image.Image:
    """``picture`` turned as its camera noted it was held."""
    try:
        turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation) or 1)
    except Exception:  # notes that cannot be read say nothing about the picture
        turn = None
    return picture if turn is None else picture.transpose(turn)


def _locked_cover(book: Book) -> Cover:
    """The cover of ``book``, locked until the transaction ends, lest the worker puts another in its place."""
    cover, _made = Cover.objects.select_for_update(of=("self",)).get_or_create(book=book)
    return cover


def _store(cover: Cover, picture: bytes, size: tuple[int, int], now: datetime | None) -> None:
    old = cover.file.name
    cover.file.save(f"{secrets.token_hex(12)}.jpg", ContentFile(picture), save=False)
    cover.width, cover.height = size
    cover.state, cover.done, cover.lease_until, cover.problem = Work.State.DONE, 1, None, ""
    cover.finished_at = now or timezone.now()
    cover.save()
    if old:
        forget_file(old)


def forget_file(name: str | None) -> None:
    """Delete a stored picture, and its small one, once the database no longer names it for certain."""
    for each in (name, small_name(name)) if name else ():
        transaction.on_commit(partial(default_storage.delete, each))


def preview_cover(client: OpenLibrary, cover_id: int) -> bytes:
    """The cover of a search result as a fresh small JPEG, kept for a day; b"" if there is none, kept for an hour.

    Raises OpenLibraryError for everything that may be over a moment later.
    """
    if not 0 < cover_id <= LARGEST_ID:
        return b""
    key = f"cover-preview-{cover_id}"
    picture = cache.get(key)
    if picture is None:
        picture = _preview(client, cover_id)
        cache.set(key, picture, PREVIEW_SECONDS if picture else NO_PREVIEW_SECONDS)
    return picture


def _preview(client: OpenLibrary, cover_id: int) -> bytes:
    try:
        return reencoded(client.cover(cover_id, "M"))[0]
    except Refused:
        return b""
    except OpenLibraryError as error:
        if error.code not in GIVE_UP:
            raise
        return b""
