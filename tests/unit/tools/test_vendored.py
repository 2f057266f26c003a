"""A vendored file that was changed, added or lost is noticed."""

import hashlib
import json
from pathlib import Path

import pytest

from tools.vendored import problems


@pytest.fixture
def vendor(tmp_path: Path) -> Path:
    (tmp_path / "htmx").mkdir()
    (tmp_path / "htmx" / "htmx.min.js").write_bytes(b"let it = 1\n")
    write(tmp_path)
    return tmp_path


def write(vendor: Path, **changes: str) -> None:
    entry = {
        "name": "htmx.org",
        "version": "2.0.4",
        "license": "0BSD",
        "source": "npm:htmx.org@2.0.4/dist/htmx.min.js",
        "file": "htmx/htmx.min.js",
        "sha256": hashlib.sha256(b"let it = 1\n").hexdigest(),
    }
    (vendor / "manifest.json").write_text(json.dumps({"files": [entry | changes]}))


def test_files_as_listed_are_in_order(vendor: Path):
    assert problems(vendor) == []


def test_a_scoped_package_is_a_source(vendor: Path):
    write(vendor, source="npm:@tabler/core@2.0.4/dist/css/tabler.min.css")
    assert problems(vendor) == []


def test_a_changed_file(vendor: Path):
    (vendor / "htmx" / "htmx.min.js").write_bytes(b"let it = 2\n")
    assert problems(vendor) == ["htmx/htmx.min.js is not the file that was vendored (sha256 differs)"]


def test_an_unlisted_file(vendor: Path):
    (vendor / "htmx" / "extra.js").touch()
    assert problems(vendor) == ["htmx/extra.js is there, but not listed"]


def test_a_file_without_a_licence(vendor: Path):
    write(vendor, license="")
    assert "manifest.json: htmx/htmx.min.js has no license" in problems(vendor)


def test_a_lost_file(vendor: Path):
    (vendor / "htmx" / "htmx.min.js").unlink()
    assert problems(vendor) == ["htmx/htmx.min.js is listed, but not there"]


@pytest.mark.parametrize("changes", [{"source": "https://cdn.example/htmx.js"}, {"version": "1.9.0"}])
def test_a_file_whose_origin_is_not_told(vendor: Path, changes: dict[str, str]):
    write(vendor, **changes)
    assert len(problems(vendor)) == 1
