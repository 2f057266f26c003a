"""Translations without the gettext programs: the texts of the source are Chinese, locale/en holds their English.

    python -m tools.messages            take new texts into the .po file, compile it, tell what is untranslated
    python -m tools.messages --check    change nothing; fail where something is missing
    python -m tools.messages --prune    also drop translations whose text is gone (kept otherwise, as #~ entries)

Chinese outside of a translation call is told as well. Where it is data and nobody's interface (a pattern, a column of
a national form), a comment on the line or the statement says so: `# untranslated: why`, in templates
`{# untranslated: why #}`; for a whole file of data `# untranslated throughout: why`.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.template.base import Lexer, Token, TokenType
from django.utils.translation.template import block_re, constant_re, endblock_re, inline_re, templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "pingzhan"
CATALOG = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
TEMPLATE_SUFFIXES = {".html", ".txt", ".xml", ".webmanifest"}
# Demo data is Chinese content; vendored files are others'.
DATA_ONLY = {"demo", "migrations"}
SKIPPED = {"vendor", "locale", "__pycache__"}

# Function -> which argument is what, in Babel's notation: message, (singular, plural), context marked "c".
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "_": None,
    "for_others": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HAN = re.compile(r"[\u3400-\u9fff]")  # in Python punctuation alone is no text
CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uff01-\uff5e]")
HTML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
MARKER = re.compile(r"untranslated: \S")
FILE_MARKER = re.compile(r"untranslated throughout: \S")
NAMED = re.compile(r"%\((\w+)\)[a-z]|(?<!\{)\{(\w*)[^{}]*\}(?!\})|(?<!%)%([sd])")
HEADER = {
    "Project-Id-Version": "pingzhan",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}

Key = tuple[str | None, str]  # context, text


@dataclass
class Message:
    """One text of the source and the files that use it."""

    plural: str = ""
    files: set[str] = field(default_factory=set)


@dataclass
class Source:
    """What was read from the source: the messages, and complaints of the form `file:line: what`."""

    messages: dict[Key, Message] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


def main(arguments: Sequence[str]) -> int:
    """Update or check the catalog; 1 when something has to be done by hand."""
    if unknown := set(arguments) - {"--check", "--prune"}:
        print(f"unknown: {' '.join(unknown)}\n\n{__doc__}")
        return 2
    source = read_source(PACKAGE)
    catalog = polib.pofile(str(CATALOG)) if CATALOG.exists() else polib.POFile()
    compiled = CATALOG.with_suffix(".mo")
    if "--check" in arguments:
        found = source.complaints + incomplete(source.messages, catalog)
        if not compiled.exists() or compiled.read_bytes() != catalog.to_binary():
            found.append(f"{shown(compiled)} is not compiled from its .po: python -m tools.messages")
    else:
        catalog = updated(source.messages, catalog, prune="--prune" in arguments)
        CATALOG.parent.mkdir(parents=True, exist_ok=True)
        replace(CATALOG, str(catalog).encode() + b"\n")
        replace(compiled, catalog.to_binary())
        found = source.complaints + incomplete(source.messages, catalog)
    for line in found:
        print(line)
    print(f"{len(source.messages)} texts, {len(found)} to mend")
    return 1 if found else 0


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(content)
    beside.replace(path)


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


# --- the catalog ----------------------------------------------------------------------------------------------------


def updated(messages: dict[Key, Message], catalog: polib.POFile, *, prune: bool) -> polib.POFile:
    """The catalog with exactly these messages, in the order of their files; translations are kept."""
    old = {(entry.msgctxt, entry.msgid): entry for entry in catalog}
    new = polib.POFile(wrapwidth=0)
    new.metadata = HEADER
    for key, message in sorted(messages.items(), key=lambda item: (min(item[1].files), item[0][1], item[0][0] or "")):
        was = old.pop(key, None)
        entry = polib.POEntry(msgctxt=key[0], msgid=key[1], occurrences=[(name, "") for name in sorted(message.files)])
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = (was.msgstr_plural if was else None) or {0: "", 1: ""}
        else:
            entry.msgstr = was.msgstr if was else ""
        if was is not None:
            entry.tcomment = was.tcomment
            if was.fuzzy:
                entry.flags = ["fuzzy"]
        new.append(entry)
    for entry in [] if prune else old.values():
        if entry.msgstr or any((entry.msgstr_plural or {}).values()):
            entry.obsolete = True
            entry.occurrences = []
            new.append(entry)
    return new


def incomplete(messages: dict[Key, Message], catalog: polib.POFile) -> list[str]:
    """What the catalog lacks, or has wrong, one line each."""
    entries = {(entry.msgctxt, entry.msgid): entry for entry in catalog if not entry.obsolete}
    found = []
    for key, message in messages.items():
        where = f"{min(message.files)}: “{key[1]}”"
        entry = entries.get(key)
        if entry is None or entry.msgid_plural != message.plural:
            found.append(f"{where} is not in the catalog: python -m tools.messages")
            continue
        texts = list(entry.msgstr_plural.values()) if message.plural else [entry.msgstr]
        if not all(texts):
            found.append(f"{where} is not translated")
        elif entry.fuzzy:
            found.append(f"{where} is marked fuzzy")
        else:
            found += [f"{where}: {fault}" for text in texts if (fault := translation_fault(message, key[1], text))]
    found += [
        f"“{text}” is in the catalog, but in no source: python -m tools.messages"
        for _, text in entries.keys() - messages
    ]
    return found


def translation_fault(message: Message, text: str, translation: str) -> str:
    """What would break at run time or look wrong in one translation; empty when nothing would."""
    wanted, got = placeholders(text) | placeholders(message.plural), placeholders(translation)
    # "One matter" may leave out the number, nothing else may be left out or made up.
    if got - wanted or (wanted - got and not message.plural):
        return f"placeholders differ in “{translation}”"
    if CHINESE.search(translation) and translation != text:
        return f"Chinese in “{translation}”"
    if text.startswith("\n") != translation.startswith("\n") or text.endswith("\n") != translation.endswith("\n"):
        return f"line breaks at the ends differ in “{translation}”"
    return ""


def placeholders(text: str) -> set[str]:
    return {"".join(match) for match in NAMED.findall(text)}


# --- the source -----------------------------------------------------------------------------------------------------


def read_source(package: Path) -> Source:
    """Read every template, script and Python file of the package."""
    source = Source()
    for path in sorted(package.rglob("*")):
        parts = path.relative_to(package).parts
        if not path.is_file() or SKIPPED & set(parts):
            continue
        data_only = bool(DATA_ONLY & set(parts[:-1]))
        name = shown(path)
        if path.suffix == ".py":
            text = path.read_text(encoding="utf-8")
            collect(source, name, text)
            source.complaints += [] if data_only else python_complaints(name, text)
        elif path.suffix in TEMPLATE_SUFFIXES and "templates" in parts:
            text = path.read_text(encoding="utf-8")
            try:
                # Parentheses, or the blanked-out text around the calls would be read as Python's indentation.
                collect(source, name, f"({templatize(text, origin=name)})")
            except SyntaxError as error:
                source.complaints.append(f"{name}: {error.msg}")
            source.complaints += template_complaints(name, text)
        elif path.suffix == ".js":
            source.complaints += script_complaints(name, path.read_text(encoding="utf-8"))
    return source


def collect(source: Source, name: str, code: str) -> None:
    """Add the texts of translation calls in `code` to the source."""
    for _, text, _, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):  # type: ignore[arg-type]
        singular, plural = (text[0], text[1]) if isinstance(text, tuple) else (text, "")
        if not singular:
            continue
        message = source.messages.setdefault((context, singular), Message())
        if plural and message.plural and message.plural != plural:
            source.complaints.append(f"{name}: “{singular}” has two different plurals")
        message.plural = message.plural or plural
        message.files.add(name)


def python_complaints(name: str, text: str) -> list[str]:
    """Chinese strings outside of translation calls and docstrings, and calls that no catalog can answer."""
    marked = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and FILE_MARKER.search(token.string):
            return []
        if token.type == tokenize.COMMENT and MARKER.search(token.string):
            marked.add(token.start[0])
    finder = UntranslatedFinder(marked)
    finder.visit(ast.parse(text))
    return [f"{name}:{line}: {what}" for line, what in sorted(finder.found)]


class UntranslatedFinder(ast.NodeVisitor):
    """Walks Python code and collects (line, complaint)."""

    def __init__(self, marked: set[int]) -> None:
        self.marked = marked
        self.found: set[tuple[int, str]] = set()
        self.statement: ast.stmt | None = None

    def visit(self, node: ast.AST) -> None:
        if not isinstance(node, ast.stmt):
            super().visit(node)
            return
        outer, self.statement = self.statement, node
        super().visit(node)
        self.statement = outer

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring is for developers
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in KEYWORDS:
            self.generic_visit(node)
            return
        for argument in node.args:
            if isinstance(argument, ast.JoinedStr):
                self.complain(argument.lineno, "an f-string is complete before it can be translated: use placeholders")
            elif not isinstance(argument, ast.Constant):
                self.visit(argument)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and HAN.search(node.value):
            self.complain(node.lineno, f"“{node.value}” is outside of a translation call")

    def complain(self, line: int, what: str) -> None:
        statement = self.statement
        lines = {line}
        # A marker holds for the whole of a simple statement, but not for all that a class or function contains.
        if statement is not None and not hasattr(statement, "body"):
            lines |= set(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
        if not lines & self.marked:
            self.found.add((line, what))


def template_complaints(name: str, text: str) -> list[str]:
    """Chinese in a template outside of translate, blocktranslate and _("…"), comments left aside."""
    tokens = Lexer(text).tokenize()
    comments = [token for token in tokens if token.token_type == TokenType.COMMENT]
    marked = {token.lineno for token in comments if MARKER.search(token.contents)}
    found = []
    for line, part in bare_parts(tokens):
        for offset, row in enumerate(part.split("\n")):
            if CHINESE.search(row) and line + offset not in marked:
                found.append(f"{name}:{line + offset}: “{row.strip()[:60]}” is outside of a translation tag")
    return found


def bare_parts(tokens: Iterable[Token]) -> Iterator[tuple[int, str]]:
    """(first line, text) of what a template shows as it stands."""
    inside = ""  # of "blocktranslate" or "comment"
    for token in tokens:
        line = token.lineno or 0
        if token.token_type == TokenType.BLOCK:
            if inside:
                ends = token.contents == "endcomment" if inside == "comment" else endblock_re.match(token.contents)
                inside = "" if ends else inside
                continue
            if token.contents.split()[0] == "comment":
                inside = "comment"
            elif block_re.match(token.contents):
                inside = "blocktranslate"
            if not inline_re.match(token.contents):
                yield line, constant_re.sub("", token.contents)
        elif token.token_type == TokenType.VAR and not inside:
            yield line, constant_re.sub("", token.contents)
        elif token.token_type == TokenType.TEXT and not inside:
            yield line, HTML_COMMENT.sub(lambda match: "\n" * match[0].count("\n"), token.contents)


def script_complaints(name: str, text: str) -> list[str]:
    """Chinese in a script: texts come to it from the page, translated."""
    return [
        f"{name}:{number}: Chinese in a script; give it the text from the page"
        for number, row in enumerate(text.split("\n"), 1)
        if CHINESE.search(row) and not MARKER.search(row)
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
