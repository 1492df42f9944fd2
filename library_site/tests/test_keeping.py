"""Backups: due, asked for, made, proven, put away, taken away; and what is said of each."""

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.exceptions import Refused
from accounts.models import Action, Backup, LibrarySettings
from accounts.services import backups, work
from accounts.tests.factories import MemberFactory
from library_site.backups import BackupBroken
from library_site.keeping import postgres, proving
from library_site.keeping.archives import Manifest, unpack
from library_site.keeping.keeping import file_of, keep, rotate
from library_site.keeping.making import make_backup
from library_site.tasks import make_backups

KEY = "a-key-of-many-different-letters-1234567890"


# --- asked for, due, too old ------------------------------------------------------------------------------------


@pytest.fixture
def _set_up_long_ago(db: None) -> None:
    LibrarySettings.objects.update(set_up_at=timezone.now() - timedelta(days=30), backup_hour=0)


@pytest.mark.usefixtures("_set_up_long_ago")
def test_backup_is_due_once_a_day() -> None:
    now = timezone.now()
    assert [backups.queue_if_due(now) for _each in range(2)] == [True, False]
    assert backups.is_due(now + timedelta(days=1))


@pytest.mark.usefixtures("_set_up_long_ago")
@pytest.mark.parametrize("change", [{"backup_hour": None}, {"set_up_at": None}, {"set_up_at": timezone.now()}])
def test_backup_is_not_due_if_nobody_wants_one_or_the_library_is_new(change: dict[str, Any]) -> None:
    LibrarySettings.objects.update(**change)
    assert not backups.is_due(timezone.now())


@pytest.mark.usefixtures("_set_up_long_ago")
def test_backup_is_not_due_before_its_hour() -> None:
    LibrarySettings.objects.update(backup_hour=4, time_zone="UTC")
    now = timezone.now().replace(hour=3, minute=59)
    assert (backups.is_due(now), backups.is_due(now + timedelta(minutes=1))) == (False, True)


@pytest.mark.django_db
def test_second_backup_is_refused_while_the_first_one_waits() -> None:
    backups.ask_for_backup(by=None)
    with pytest.raises(Refused, match="A backup is being made already"):
        backups.ask_for_backup(by=None)


@pytest.mark.usefixtures("_set_up_long_ago")
@pytest.mark.parametrize(("hours", "is_said"), [(None, True), (47, False), (49, True), (-1, True)])
def test_admin_is_told_at_the_desk_when_the_last_proven_backup_is_too_old(
    hours: int | None, is_said: bool, admin_desk: Client, desk: Client
) -> None:
    if hours is not None:
        made_at = timezone.now() - timedelta(hours=hours)
        Backup.objects.create(state="done", file="f", made_at=made_at, proven_at=made_at)
    Backup.objects.create(state="done", file="g", made_at=timezone.now())  # never proven: does not count
    sentence = "The last backup that was proven to be good is too old."
    assert (sentence in admin_desk.get("/desk/").content.decode()) == is_said
    assert sentence not in desk.get("/desk/").content.decode()


# --- the page -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_page_lists_backups_with_the_same_queries_for_one_and_three(
    admin_desk: Client, django_assert_num_queries: Any
) -> None:
    for count in (1, 2):
        for _each in range(count):
            Backup.objects.create(state="done", file="f.backup", made_at=timezone.now(), rows=1_234)
        with django_assert_num_queries(10):
            page = admin_desk.get("/desk/backups/").content.decode()
    assert (page.count("1,234 rows"), "No backup was proven yet." in page) == (3, True)


@pytest.mark.django_db
def test_backup_asked_for_on_the_page_waits_for_the_worker(admin_desk: Client) -> None:
    page = admin_desk.post("/desk/backups/make/", {"key": "a-form"}, follow=True).content.decode()
    assert ("A backup waits for the worker." in page, "Back up now" in page) == (True, False)
    assert Backup.objects.get().by.username == "admin"


@pytest.mark.django_db
def test_download_asks_again_who_it_is_and_is_written_down(admin_desk: Client, settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_ROOT = str(tmp_path)
    (tmp_path / "f.backup").write_bytes(b"everything")
    backup = Backup.objects.create(state="done", file="f.backup", made_at=timezone.now())
    address = f"/desk/backups/{backup.pk}/file"
    session = admin_desk.session
    just_now = session.pop("account_authentication_methods")
    session.save()
    assert admin_desk.get(address).headers["Location"].startswith("/accounts/reauthenticate/")
    assert not Action.objects.exists()
    session["account_authentication_methods"] = just_now
    session.save()
    answer = admin_desk.get(address)
    assert (b"".join(answer.streaming_content), answer.headers["Content-Disposition"]) == (
        b"everything", 'attachment; filename="f.backup"',
    )  # fmt: skip
    assert Action.objects.get().verb == "download_backup"
    (tmp_path / "f.backup").unlink()
    assert admin_desk.get(address).status_code == 404


# --- made, proven, put away -----------------------------------------------------------------------------------


@pytest.fixture
def kept_in(settings: Any, tmp_path: Path) -> Path:
    settings.BACKUP_ROOT = str(tmp_path / "backups")
    settings.BACKUP_KEY = KEY
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    Path(settings.MEDIA_ROOT, "one.jpg").write_bytes(b"picture")
    return tmp_path / "backups"


def asked_for() -> Backup:
    backup = backups.ask_for_backup(by=None)
    assert work.claim(backup)
    backup.refresh_from_db()
    return backup


@pytest.mark.django_db(transaction=True)
def test_worker_makes_a_backup_that_is_proven_and_a_later_command_agrees(kept_in: Path) -> None:
    MemberFactory()
    backup = backups.ask_for_backup(by=None)
    assert (make_backups(), make_backups()) == (True, False)
    backup.refresh_from_db()
    assert (backup.state, backup.problem, backup.media, backup.is_encrypted) == ("done", "", 1, True)
    assert backup.proven_at is not None
    [file] = kept_in.iterdir()
    assert (file.name, file.stat().st_size, file.stat().st_mode & 0o777) == (backup.file, backup.size, 0o600)
    told = io.StringIO()
    call_command("verify_backup", str(file), stdout=told)
    assert told.getvalue().startswith(f"Good: {backup.rows:,} rows, 1 media, ")
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(CommandError, match=r"is not good: .*cut short"):
        call_command("verify_backup", str(file))


@pytest.mark.django_db(transaction=True)
def test_backup_whose_library_is_not_sound_is_not_good_and_is_tried_again(
    kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence of the command is enough: what it finds has tests of its own."""

    def unsound(_url: str, *arguments: str) -> None:
        raise BackupBroken("restored, its library is not sound: loan 1 has two readers")

    monkeypatch.setattr(proving, "_manage", unsound)
    backup = asked_for()
    keep(backup)
    backup.refresh_from_db()
    assert (backup.state, backup.attempts, backup.proven_at, list(kept_in.iterdir())) == ("queued", 1, None, [])
    assert "loan 1 has two readers" in backup.problem


@pytest.mark.django_db(transaction=True)
def test_full_disk_is_said_and_leaves_nothing_behind(kept_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("library_site.keeping.archives.Writer.add", full)
    backup = asked_for()
    keep(backup)
    backup.refresh_from_db()
    assert "No space left on device" in backup.problem
    assert list(kept_in.iterdir()) == []


@pytest.mark.django_db
def test_files_beyond_those_that_are_kept_are_taken_away(kept_in: Path) -> None:
    LibrarySettings.objects.update(backups_kept_days=2, backups_kept_weeks=0, backups_kept_months=0)
    kept_in.mkdir()
    for n in range(4):
        backup = Backup.objects.create(state="done", file=f"{n}.backup", proven_at=timezone.now())
        Backup.objects.filter(pk=backup.pk).update(created_at=timezone.now() - timedelta(days=4 - n))
        file_of(backup).touch()
    rotate()
    assert sorted(path.name for path in kept_in.iterdir()) == ["2.backup", "3.backup"]
    assert set(Backup.objects.values_list("file", flat=True)) == {"2.backup", "3.backup"}


@pytest.mark.django_db
def test_what_a_killed_process_left_behind_is_taken_away_a_day_later(kept_in: Path) -> None:
    kept_in.mkdir()
    long_ago = (timezone.now() - timedelta(hours=25)).timestamp()
    for name in (".unpacked-old", ".unpacked-new", "new.backup.unfinished", "old.backup.unfinished", "by-hand"):
        path = kept_in / name
        path.mkdir() if name.startswith(".") else path.touch()
        if "new" not in name:
            os.utime(path, (long_ago, long_ago))
    rotate()
    assert sorted(path.name for path in kept_in.iterdir()) == [".unpacked-new", "by-hand", "new.backup.unfinished"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="those of SQLite are files")
def test_scratch_database_of_a_killed_process_is_dropped_a_day_later() -> None:
    names = [f"openshelf_scratch_{int(timezone.now().timestamp()) - age}_{age}" for age in (90_000, 60)]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"CREATE DATABASE {name}")
        postgres._drop_leftovers(cursor)
        cursor.execute("SELECT datname FROM pg_database WHERE datname = ANY(%s)", [names])
        assert cursor.fetchall() == [(names[1],)]
        cursor.execute(f"DROP DATABASE {names[1]}")


@pytest.mark.django_db
def test_picture_that_came_while_the_backup_was_made_is_in_it(
    kept_in: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []

    class Store:
        @staticmethod
        def snapshot(_connection: Any, folder: Path) -> Any:
            Path(settings.MEDIA_ROOT, "one.jpg").unlink()
            Path(settings.MEDIA_ROOT, "two.jpg").write_bytes(b"later")
            (folder / "db").write_bytes(b"database")
            return _given((folder / "db", Manifest({}, [])))

    monkeypatch.setattr("library_site.keeping.making.store_of", lambda _connection: Store)
    make_backup(kept_in / "b", connection, key="")
    unpack(kept_in / "b", "", kept_in / "target", with_media=True)
    names = sorted(path.name for path in (kept_in / "target" / "media").iterdir())
    assert names == ["one.jpg", "two.jpg"]


class _given:  # noqa: N801 - a context manager
    def __init__(self, value: Any) -> None:
        self.value = value

    def __enter__(self) -> Any:
        return self.value

    def __exit__(self, *_error: object) -> None: ...
