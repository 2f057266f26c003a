"""The last line of ./pz test counts every run, and nothing that went wrong is left out."""

import time
from pathlib import Path

import pytest

from tools import suite
from tools.suite import Counts, Outcome, environment, read_results, report, take_marks

RESULTS = """<testsuites><testsuite>
<testcase classname="a" name="passes"/>
<testcase classname="a" name="fails"><failure message="no"/></testcase>
<testcase classname="a" name="fails"><error message="nor clean"/></testcase>
<testcase classname="a" name="cannot start"><error message="no fixture"/></testcase>
<testcase classname="a" name="known bug"><skipped type="pytest.xfail" message="later"/></testcase>
<testcase classname="a" name="left out"><skipped type="pytest.skip" message="no Chromium"/></testcase>
</testsuite></testsuites>"""


def test_counts_a_test_that_fails_twice_once_and_errors_as_failures(tmp_path: Path):
    (tmp_path / "r.xml").write_text(RESULTS)
    counts = read_results(tmp_path / "r.xml")
    assert (counts.passed, counts.failed) == (2, 2)
    assert counts.skipped == ("a::left out: no Chromium",)


def test_skipped_tests_are_told_and_fail_only_where_all_has_to_run(capsys):
    def last_lines(*, strict: bool) -> list[str]:
        outcome = Outcome()
        outcome.add("SQLite", Counts(5, 0, ("a::b: no Chromium",)))
        outcome.add("PostgreSQL", Counts(4, 1))
        report(outcome, seconds=60, strict=strict)
        return capsys.readouterr().out.splitlines()

    relaxed, strict = last_lines(strict=False), last_lines(strict=True)
    assert relaxed[-1] == "9 passed, 1 failed"
    assert strict[-1] == "9 passed, 2 failed"
    assert "  SQLite: a::b: no Chromium" in relaxed


def ends_with(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Pytest ends with this exit code and has written nothing."""
    monkeypatch.setattr(suite, "run_to_end", lambda *_: code)


@pytest.mark.parametrize("code", [1, 2, 3, 4, 124, -9])
def test_a_run_that_breaks_outside_of_a_test_counts_as_a_failure(monkeypatch: pytest.MonkeyPatch, code: int):
    ends_with(monkeypatch, code)
    outcome = Outcome()
    assert suite.run("SQLite", [], outcome, marks="")
    assert (outcome.passed, outcome.failed) == (0, 1)


def test_a_selection_of_nothing_is_not_a_failure_of_one_run(monkeypatch: pytest.MonkeyPatch):
    ends_with(monkeypatch, 5)
    outcome = Outcome()
    assert not suite.run("SQLite", [], outcome, marks="")
    assert (outcome.passed, outcome.failed) == (0, 0)


def test_a_run_out_of_time_is_ended_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(suite, "RUN_SECONDS", 0.5)
    monkeypatch.setattr(suite, "STOP_SECONDS", 0.5)
    script = f"trap '' INT; sleep 300 & echo $! > {tmp_path}/child; wait; wait"
    assert suite.run_to_end(["bash", "-c", script], {"PATH": "/usr/bin:/bin"}) == 124
    child = int((tmp_path / "child").read_text())
    for _ in range(50):  # until init has buried it
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            return
        time.sleep(0.1)
    pytest.fail("a process of the run is still there")


def test_marks_of_the_caller_narrow_those_of_the_run():
    assert take_marks(["-x", "-m", "load or slow", "tests"], "not browser") == (
        ["-x", "tests"],
        "(not browser) and (load or slow)",
    )


def test_the_callers_settings_do_not_reach_the_tests(tmp_path: Path):
    given = {"PATH": "/bin", "DATABASE_URL": "postgres://real/data", "PINGZHAN_DATA_DIR": "/real", "PINGZHAN_DEMO": "1"}
    env = environment(given, data=tmp_path, database="")
    assert env["PATH"] == "/bin"
    assert "DATABASE_URL" not in env
    assert "PINGZHAN_DEMO" not in env
    assert env["PINGZHAN_DATA_DIR"] == str(tmp_path)
