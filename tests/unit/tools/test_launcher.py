"""./pz in a project of its own: it sets up once, notices what changed, and says in one line what to do."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
# Nothing of the suite's own: it has the real project on Python's path.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
COMMAND = """
import os, sys
print("ran", sys.argv[1:], os.getcwd(), os.environ["PINGZHAN_DATA_DIR"])
sys.exit(3 if sys.argv[1:] == ["fail"] else 0)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The launcher with a command line that tells how it was called, and a lock that wants nothing."""
    root = tmp_path / "a project"
    (root / "src" / "pingzhan").mkdir(parents=True)
    (root / "src" / "pingzhan" / "__init__.py").touch()
    (root / "src" / "pingzhan" / "cli.py").write_text(COMMAND)
    (root / "requirements").mkdir()
    for lock in ("build", "run"):
        (root / "requirements" / f"{lock}.txt").touch()
    shutil.copy(ROOT / "pz", root / "pz")
    return root


def pz(project: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, project / "pz", *words],
        env=ENVIRONMENT,
        cwd=cwd or project,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_sets_up_once_and_runs_the_command_where_it_was_typed(project: Path, tmp_path: Path):
    first = pz(project, "import-places", "a file.csv", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"ran ['import-places', 'a file.csv'] {tmp_path} {project / 'var'}\n"
    assert "making" in first.stderr
    assert "installing" in first.stderr

    again = pz(project, "fail")
    assert (again.returncode, again.stderr) == (3, "")  # the command's own exit code, and nothing set up anew

    (project / "requirements" / "run.txt").write_text("# another lock\n")
    changed = pz(project, "x")
    assert changed.returncode == 0
    assert "installing" in changed.stderr
    assert "making" not in changed.stderr

    moved = project.rename(tmp_path / "moved")
    there = pz(moved, "x")
    assert there.returncode == 0
    assert str(moved / "var") in there.stdout


def test_two_at_once_set_up_one_after_the_other(project: Path):
    command = [sys.executable, project / "pz", "x"]
    started = [
        subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ends = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 0], ends
    assert sum("installing" in said for _, said in ends) == 1


def test_a_failed_installation_says_what_to_do_and_is_tried_again(project: Path):
    lock = project / "requirements" / "run.txt"
    lock.write_text("no-hash-here==1.0\n")
    failed = pz(project, "x")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.splitlines()[-1].startswith("pz: installing run.txt failed")
    assert pz(project, "x").returncode == 1
    lock.write_text("")
    assert pz(project, "x").returncode == 0
