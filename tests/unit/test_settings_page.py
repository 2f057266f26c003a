"""docs/settings.md names every variable that the application reads, with the default that it really has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pingzhan"
PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
NO_DEFAULT = object()


def documented(section: str) -> dict[str, str]:
    """Variable -> default as the page words it, of one section."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return {name: default for name, default, _ in ROW.findall(text)}


def variables(tree: ast.AST) -> Iterator[tuple[str, object]]:
    """(name, default) of each `env.str("NAME", default)`, and of DATABASE_URL, which has no prefix."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        owner = ast.unparse(node.func.value)
        if owner == "env" or (owner == "os.environ" and node.func.attr == "get"):
            name = ast.literal_eval(node.args[0])
            default = node.args[1] if len(node.args) > 1 else None
            yield (f"PINGZHAN_{name}" if owner == "env" else name), ast.literal_eval(default) if default else NO_DEFAULT


def worded(default: object) -> str | None:
    """A default as the page has to write it; None where it may describe what happens instead."""
    if default in ("", []) or default is NO_DEFAULT:
        return None
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{','.join(default)}`" if isinstance(default, list) else f"`{default}`"


def test_page_and_settings_name_the_same_variables():
    read = dict(variables(ast.parse((SOURCE / "settings.py").read_text(encoding="utf-8"))))
    assert documented("The application").keys() == read.keys()


def test_page_tells_the_real_defaults():
    page = documented("The application")
    wrong = {}
    for name, default in variables(ast.parse((SOURCE / "settings.py").read_text(encoding="utf-8"))):
        expected = worded(default)
        if page.get(name) != expected if expected else not page.get(name, "").startswith("("):
            wrong[name] = expected or "(what happens without it)"
    assert wrong == {}


def test_no_other_file_reads_a_variable_of_its_own():
    known = documented("The application").keys() | {"DJANGO_SETTINGS_MODULE"}
    stray = {}
    for path in SOURCE.rglob("*.py"):
        names = set(re.findall(r"\bPINGZHAN_[A-Z_]+\b", path.read_text(encoding="utf-8"))) - known
        if names:
            stray[path.name] = names
    assert stray == {}


def test_variables_of_the_tools_exist_there():
    tools = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "pz", *(ROOT / "tools").glob("*.py")])
    assert [name for name in documented("Tests and checks") if f'"{name}"' not in tools] == []
