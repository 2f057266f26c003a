"""Every file under src/pingzhan/vendor is the one that its manifest.json names: nothing changed, missing or added."""

import hashlib
import json
import re
import sys
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "src" / "pingzhan" / "vendor"
SOURCE = re.compile(r"npm:(?:@[\w.-]+/)?[\w.-]+@\d[\w.+-]*/\S+")


def problems(vendor: Path) -> list[str]:
    """What is wrong with a folder of vendored files, one line each.

    The manifest has a list `files` of {name, version, license, source: "npm:package@version/path", file, sha256}, where
    `file` is relative to the folder.
    """
    manifest = vendor / "manifest.json"
    if not manifest.exists():
        return [f"{manifest} is missing"]
    found = []
    listed = set()
    for entry in json.loads(manifest.read_text())["files"]:
        name = entry.get("file", "")
        if missing := [key for key in ("name", "version", "license", "source", "file", "sha256") if not entry.get(key)]:
            found.append(f"manifest.json: {name or entry} has no {', '.join(missing)}")
            continue
        if name in listed:
            found.append(f"manifest.json: {name} is listed twice")
        listed.add(name)
        if not SOURCE.fullmatch(entry["source"]) or f"@{entry['version']}/" not in entry["source"]:
            found.append(f"manifest.json: source of {name} is not npm:package@{entry['version']}/path")
        path = vendor / name
        if not path.is_file():
            found.append(f"{name} is listed, but not there")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            found.append(f"{name} is not the file that was vendored (sha256 differs)")
    there = {path.relative_to(vendor).as_posix() for path in vendor.rglob("*") if path.is_file()}
    found += [f"{name} is there, but not listed" for name in sorted(there - listed - {"manifest.json"})]
    return found


def main() -> int:
    """Print the problems; 1 when there are any."""
    found = problems(VENDOR)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
