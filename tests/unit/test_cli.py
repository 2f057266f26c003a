"""The command line: names as people type them, and one clear line when something is wrong."""

import pytest
from django.core.management import BaseCommand, CommandError

from pingzhan import cli
from pingzhan.core.errors import Invalid


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch):
    """Puts commands in the place of the real ones; each raises what it is told to."""

    def put(**commands: BaseException | None) -> None:
        def made(error: BaseException | None) -> BaseCommand:
            class Made(BaseCommand):
                requires_system_checks = []

                def add_arguments(self, parser):
                    parser.add_argument("file", nargs="?")

                def handle(self, *args, **options):
                    if error:
                        raise error
                    self.stdout.write(f"did {options['file']}")

            return Made()

        found = {name: made(error) for name, error in commands.items()}
        monkeypatch.setattr(cli, "get_commands", lambda: found)

    return put


def failure(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit code and the one line on stderr."""
    code = cli.run(words)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return code, told.err.removeprefix("pingzhan: ").rstrip("\n")


@pytest.mark.parametrize("words", ["import-places", "import_places", "journal verify", "journal-verify"])
def test_names_as_people_type_them(command, capsys, words: str):
    command(import_places=None, journal_verify=None)
    assert cli.run([*words.split(), "x.csv"]) == 0
    assert capsys.readouterr().out == "did x.csv\n"


def test_a_command_with_words_of_its_own_gets_them(command, capsys):
    command(plan=None)
    assert cli.run(["plan", "check"]) == 0
    assert capsys.readouterr().out == "did check\n"


def test_an_unknown_command(command, capsys):
    command(migrate=None)
    code, told = failure(capsys, "migrat")
    assert code == 2
    assert told == "there is no command migrat: did you mean migrate?"


def test_wrong_arguments(command, capsys):
    command(migrate=None)
    code, told = failure(capsys, "migrate", "--no-such-option")
    assert code == 2
    assert told == "unrecognized arguments: --no-such-option (pingzhan migrate --help shows how)"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CommandError("row 3:\nthe code is not one"), "row 3: the code is not one"),
        (Invalid("编码不对"), "编码不对"),
        (FileNotFoundError(2, "No such file or directory", "x.csv"), "[Errno 2] No such file or directory: 'x.csv'"),
        (KeyError("surprise"), "KeyError: 'surprise' (--traceback shows where)"),
    ],
)
def test_a_failure_is_one_line(command, capsys, error: Exception, line: str):
    command(migrate=error)
    assert failure(capsys, "migrate") == (1, line)


@pytest.mark.parametrize(("status", "code"), [(0, 0), (None, 0), (3, 3)])
def test_a_command_may_choose_its_exit_code(command, capsys, status: int | None, code: int):
    command(journal_verify=SystemExit(status))
    assert cli.run(["journal", "verify"]) == code
    assert capsys.readouterr().err == ""


def test_help_tells_how(command, capsys):
    command(migrate=None)
    assert cli.run(["migrate", "--help"]) == 0
    assert "usage: pingzhan migrate" in capsys.readouterr().out


def test_help_lists_our_commands(capsys):
    assert cli.run(["help"]) == 0
    listed = capsys.readouterr().out
    assert "\n  migrate" in listed
    assert "\n  rotate-seals" in listed
    assert "makemigrations" not in listed


def test_a_database_without_tables_says_what_to_do(installation):
    done = installation.run("accounts")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "run `pingzhan migrate`" in done.stderr
