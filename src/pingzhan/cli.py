"""The command line: `pingzhan COMMAND`, one clear line on stderr when it fails."""

import difflib
import os
import signal
import sys
import traceback
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, CommandError, get_commands, load_command_class

PROGRAM = "pingzhan"
# Commands of Django that an operator needs; the others work too, but are not listed.
LISTED_OF_DJANGO = {"migrate": "Bring the database to this version's tables."}


def main() -> None:
    """Run the command of sys.argv and exit: 0 done, 1 it failed, 2 it was called wrongly, 130 stopped by Ctrl-C."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pingzhan.settings")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # Chinese on a terminal that cannot show it
    try:
        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `pingzhan accounts | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)


def run(arguments: Sequence[str]) -> int:
    """Run one command and answer its exit code; every failure is told in one line on stderr."""
    words = list(arguments)
    try:
        prepare(words)
        if not words or words[0] in {"help", "-h", "--help"}:
            print(overview())
            return 0
        name, spoken, rest = find(words)
        execute(name, spoken, rest)
    except CommandError as error:
        return failed(str(error), code=error.returncode)
    except SystemExit as stop:  # --help, or a command that chose its own exit code
        return failed(stop.code, code=1) if isinstance(stop.code, str) else int(stop.code or 0)
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:
        if "--traceback" in words or os.environ.get("PINGZHAN_DEBUG"):
            traceback.print_exc()
        return failed(explain(error), code=1)
    return 0


def prepare(words: Sequence[str]) -> None:
    """Load Django. `demo --data DIR` is heard before, because settings read the directory once, when they load."""
    if words and words[0] == "demo":
        os.environ.setdefault("PINGZHAN_DEMO", "true")
        for at, word in enumerate(words):
            if word == "--data" and at + 1 < len(words):
                os.environ["PINGZHAN_DATA_DIR"] = words[at + 1]
            elif word.startswith("--data="):
                os.environ["PINGZHAN_DATA_DIR"] = word.partition("=")[2]
    import django  # only now that the environment is complete

    django.setup()


def find(words: Sequence[str]) -> tuple[str, str, list[str]]:
    """Which management command the words name: its module name, its name as spoken, and the remaining arguments.

    `import-places FILE` is import_places; `journal verify` is journal_verify where there is such a command.
    Raises CommandError (exit code 2) for an unknown name.
    """
    known = get_commands()
    if len(words) > 1:
        two = f"{words[0]}_{words[1]}".replace("-", "_")
        if two in known:
            return two, f"{words[0]} {words[1]}", list(words[2:])
    one = words[0].replace("-", "_")
    if one in known:
        return one, words[0], list(words[1:])
    spoken = [name.replace("_", "-") for name in [*own_commands(), *LISTED_OF_DJANGO]]
    near = difflib.get_close_matches("-".join(words[:2]), spoken, 1) or difflib.get_close_matches(words[0], spoken, 1)
    hint = f"did you mean {near[0]}?" if near else f"`{PROGRAM} help` lists what there is"
    raise CommandError(f"there is no command {words[0]}: {hint}", returncode=2)


def execute(name: str, spoken: str, arguments: Sequence[str]) -> None:
    """Run a management command as Django's own runner does, but with every wrong argument as a CommandError."""
    from django.core.management.base import handle_default_options
    from django.db import connections

    command = load(name)
    parser = command.create_parser(PROGRAM, spoken)
    try:
        parsed = parser.parse_args(list(arguments))
    except CommandError as error:
        reason = str(error).removeprefix("Error: ")
        raise CommandError(f"{reason} ({PROGRAM} {spoken} --help shows how)", returncode=2) from error
    handle_default_options(parsed)
    options = vars(parsed)
    positional = options.pop("args", ())
    try:
        command.execute(*positional, **options)
    finally:
        connections.close_all()


def load(name: str) -> BaseCommand:
    application = get_commands()[name]
    return application if isinstance(application, BaseCommand) else load_command_class(application, name)


def own_commands() -> list[str]:
    """Names of Pingzhan's own management commands, in order."""
    found = get_commands()
    return sorted(name for name, app in found.items() if isinstance(app, str) and app.startswith("pingzhan."))


def overview() -> str:
    """The list that `pingzhan help` prints."""
    lines = {name.replace("_", "-"): load(name).help for name in own_commands()} | LISTED_OF_DJANGO
    width = max(map(len, lines))
    listing = [f"  {name:{width}}  {text.strip().partition('. ')[0]}" for name, text in sorted(lines.items())]
    return "\n".join([f"{PROGRAM} COMMAND [arguments]   ({PROGRAM} COMMAND --help tells more)", "", *listing])


def explain(error: Exception) -> str:
    """One line for a failure that no command foresaw, saying what to do where that is known."""
    from django.db import OperationalError, ProgrammingError

    detail = getattr(error, "detail", None) or str(error) or type(error).__name__
    if isinstance(error, (OperationalError, ProgrammingError)):
        if "no such table" in detail or "does not exist" in detail:
            return f"the database has no tables of this version yet: run `{PROGRAM} migrate` ({detail})"
        return f"the database does not answer as it should: {detail} (check DATABASE_URL)"
    if isinstance(error, ImproperlyConfigured):
        return f"settings: {detail}"
    if isinstance(error, OSError) or hasattr(error, "detail"):  # a file's trouble or a domain error say it themselves
        return detail
    return f"{type(error).__name__}: {detail} (--traceback shows where)"


def failed(text: str, *, code: int) -> int:
    """Tell a failure in exactly one line."""
    print(f"{PROGRAM}: {' '.join(text.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
