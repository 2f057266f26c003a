"""Changing parts of a plan's source without touching the rest: words, order and comments elsewhere stay as they are."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from pingzhan.response.rules.document import read

Span = tuple[int, int]


def parts_of(source: str) -> dict[str, Any]:
    """What a source says, part by part; {} for one that cannot be read."""
    document, _findings = read(source)
    return dict(document.data) if document is not None and isinstance(document.data, dict) else {}


def with_parts(source: str, order: Iterable[str], parts: Mapping[str, Any]) -> str:
    """The source with these parts; an empty one is taken out, a new one put in its place in `order`.

    Raises ValueError where the source cannot be read.
    """
    node = _root(source)
    before = parts_of(source)
    spans = _spans(source, node)
    edits: list[tuple[int, int, str]] = []
    last = next(iter(spans.values()))[1] if spans else 0
    for name in dict.fromkeys(order):
        start, end = spans.get(name, (last, last))
        last = max(last, end)
        if name not in parts:
            continue
        value = parts[name]
        if value == before.get(name):
            continue
        if value in (None, "", [], {}):
            edits.append((start, end, ""))
        elif name in spans:
            edits.append((start, end, written({name: value})))
        else:
            edits.append((end, end, written({name: value})))
    for start, end, text in sorted(edits, key=lambda one: one[:2], reverse=True):
        source = source[:start] + text + source[end:]
    return source


def with_item(source: str, section: str, item: Mapping[str, Any] | None, *, code: str = "") -> str:
    """The source with `item` in the place of the one with this code in a section; None takes that out.

    Without a code it is added at the end. Raises ValueError where the source cannot be read or has no such item.
    """
    parts = parts_of(source)
    rows = parts.get(section) or []
    codes = [one.get("code") for one in rows]
    if code and code not in codes:
        raise ValueError(f"no {code} in {section}")
    at = codes.index(code) if code else len(rows)
    if code and item == rows[at]:
        return source
    new = [*rows[:at], *([dict(item)] if item is not None else []), *rows[at + 1 :]]
    sequence = next((value for key, value in _root(source).value if key.value == section), None)
    if not rows or not new or not isinstance(sequence, yaml.SequenceNode) or sequence.flow_style:
        return with_parts(source, [*parts, section], {section: new})
    spans = _item_spans(source, sequence)
    indent = " " * (spans[0][0] - source.rfind("\n", 0, spans[0][0]) - 1)
    start, end = spans[at] if code else (spans[-1][1], spans[-1][1])
    text = ""
    if item is not None:
        lines = written([dict(item)]).splitlines(keepends=True)
        text = "".join([lines[0], *(indent + line if line.strip() else line for line in lines[1:])])
    if not code:
        return source[:start] + indent + text + source[start:]
    if item is None:
        start -= len(indent)
    return source[:start] + text + source[end:]


def written(value: Any) -> str:
    """A part as it is written anew."""
    nested = not isinstance(value, dict) or any(isinstance(one, (dict, list)) for one in value.values())
    return str(
        yaml.dump(
            value, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=1000,
            default_flow_style=None if nested else False,
        )
    )  # fmt: skip


def _root(source: str) -> yaml.MappingNode:
    document, _findings = read(source)
    node = yaml.compose(source, Loader=yaml.SafeLoader) if document is not None else None
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise ValueError("not a document that has parts")
    return node


def _spans(source: str, node: yaml.MappingNode) -> dict[str, Span]:
    """Where each part of the document stands: from its name to the end of its last line, without comments behind it."""
    keys = [key for key, _value in node.value]
    starts = [key.start_mark.index for key in keys] + [len(source)]
    return {
        str(key.value): (key.start_mark.index, _end(source, key.start_mark.index, min(value.end_mark.index, following)))
        for (key, value), following in zip(node.value, starts[1:], strict=True)
    }


def _item_spans(source: str, sequence: yaml.SequenceNode) -> list[Span]:
    """Where each item of a list stands: from its dash to the end of its last line, without comments behind it."""
    dashes = [_dash(source, item.start_mark.index, sequence.start_mark.column) for item in sequence.value]
    ends = [*dashes[1:], sequence.end_mark.index]
    return [
        (dash, _end(source, dash, min(item.end_mark.index, following)))
        for item, dash, following in zip(sequence.value, dashes, ends, strict=True)
    ]


def _dash(source: str, start: int, column: int) -> int:
    """The dash before what begins at `start`, on its own line or on an earlier one."""
    while True:
        line = source.rfind("\n", 0, start) + 1
        if source[line : line + column + 1] == " " * column + "-":
            return line + column
        start = line - 1


def _end(source: str, start: int, end: int) -> int:
    """The end of the last line that says something, with what is noted on it."""
    lines = source[start:end].splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    end = start + len("".join(lines))
    if source[:end].endswith("\n"):
        return end
    line = source.find("\n", end)
    return len(source) if line < 0 else line + 1


class _Writer(yaml.SafeDumper):
    """Several lines are written as several lines."""


def _in_lines(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Writer.add_representer(str, _in_lines)
