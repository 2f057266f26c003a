"""Stored files: named by content, kept once, opened by their own names only."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from pytest_django import Settings

from pingzhan.core.errors import Invalid, NotFound
from pingzhan.core.files import content_type_of, open_file, store

DATA = b"\xff\xd8\xff a picture"
DIGEST = hashlib.sha256(DATA).hexdigest()
NAME = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}.jpg"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    return tmp_path


def kept(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_same_content_is_kept_once(folder: Path) -> None:
    assert store(DATA, "image/jpeg") == NAME
    assert store(DATA, "image/jpeg") == NAME
    assert kept(folder) == [NAME]
    with open_file(NAME) as file:
        assert file.read() == DATA
    assert content_type_of(NAME) == "image/jpeg"


def test_half_a_file_of_a_killed_process_is_replaced(folder: Path) -> None:
    default_storage.save(NAME, ContentFile(DATA[:4]))
    assert store(DATA, "image/jpeg") == NAME
    with open_file(NAME) as file:
        assert file.read() == DATA


def test_two_who_store_the_same_at_once_keep_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save = FileSystemStorage.save

    def late(self: FileSystemStorage, name: str, content: ContentFile[bytes]) -> str:
        save(self, name, ContentFile(DATA))  # the other one, between our look and our write
        return save(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "save", late)
    assert store(DATA, "image/jpeg") == NAME
    assert kept(folder) == [NAME]


def test_what_is_not_kept_is_refused() -> None:
    with pytest.raises(Invalid):
        store(b"<svg/>", "image/svg+xml")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "",
        f"../{NAME}",
        NAME.upper(),
        NAME + "/..",
        f"00/00/{DIGEST}.jpg",
        f"{NAME}\n",
        NAME.replace(".jpg", ".html"),
        NAME,  # nothing stored
    ],
)
def test_no_other_name_opens(name: str) -> None:
    with pytest.raises(NotFound):
        open_file(name)
