"""The head of a plan as data, and putting a changed head into its source without touching the rest.

Only what differs is written anew; everything else keeps its words, its order and its comments.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from pingzhan.response.rules.document import read

# In the order in which a new one is put into a document that lacks it.
HEAD = (
    "title", "title_en", "hazard", "purpose", "sunset_days", "review_months", "contact_days", "levels", "conditions",
)  # fmt: skip


def head_of(source: str) -> dict[str, Any]:
    """The parts of the head that a source has; {} for one that cannot be read."""
    document, _findings = read(source)
    if document is None or not isinstance(document.data, dict):
        return {}
    return {name: document.data[name] for name in HEAD if name in document.data}


def kept(before: Any, typed: Any) -> Any:
    """What was typed into a form, but as it was before wherever that says the same.

    A form gives back lines with other ends, choices in its own order, and nothing at all for a "no".
    """
    if isinstance(typed, str):
        plain = _plain(typed)
        return before if isinstance(before, str) and _plain(before) == plain else plain
    if isinstance(typed, dict):
        before = before if isinstance(before, dict) else {}
        order = [name for name in before if name in typed or before[name] is False]
        order += [name for name in typed if name not in before]
        return {name: kept(before.get(name), typed[name]) if name in typed else False for name in order}
    if isinstance(typed, list) and isinstance(before, list):
        if any(isinstance(one, dict) for one in typed):
            known = {one["code"]: one for one in before if isinstance(one, dict) and "code" in one}
            return [kept(known.get(one["code"]), one) for one in typed]
        return [one for one in before if one in typed] + [one for one in typed if one not in before]
    return typed


def _plain(text: str) -> str:
    return "\n".join(text.splitlines()).strip()


def with_head(source: str, head: Mapping[str, Any]) -> str:
    """The source with these parts of the head; an empty one is taken out. Raises ValueError where it is unreadable."""
    document, _findings = read(source)
    node = yaml.compose(source, Loader=yaml.SafeLoader) if document is not None else None
    if document is None or not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise ValueError("not a document that has a head")
    spans = _spans(source, node)
    edits: list[tuple[int, int, str]] = []
    last = next(iter(spans.values()))[1] if spans else 0
    for name in HEAD:
        start, end = spans.get(name, (last, last))
        last = max(last, end)
        if name not in head:
            continue
        value = head[name]
        if value == document.data.get(name):
            continue
        if value in (None, "", [], {}):
            edits.append((start, end, ""))
        elif name in spans:
            edits.append((start, end, _written(name, value)))
        else:
            edits.append((end, end, _written(name, value)))
    for start, end, text in sorted(edits, key=lambda one: one[:2], reverse=True):
        source = source[:start] + text + source[end:]
    return source


def _spans(source: str, node: yaml.MappingNode) -> dict[str, tuple[int, int]]:
    """Where each part of the document stands: from its name to the end of its last line, without comments behind it."""
    keys = [key for key, _value in node.value]
    starts = [key.start_mark.index for key in keys] + [len(source)]
    found = {}
    for (key, value), following in zip(node.value, starts[1:], strict=True):
        end = min(value.end_mark.index, following)
        text = source[key.start_mark.index : end]
        lines = text.splitlines(keepends=True)
        while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
            lines.pop()
        end = key.start_mark.index + len("".join(lines))
        if not source[:end].endswith("\n"):  # to the end of the line, and with it what is noted there
            line = source.find("\n", end)
            end = len(source) if line < 0 else line + 1
        found[str(key.value)] = (key.start_mark.index, end)
    return found


class _Writer(yaml.SafeDumper):
    """Several lines are written as several lines."""


def _in_lines(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Writer.add_representer(str, _in_lines)


def _written(name: str, value: Any) -> str:
    nested = isinstance(value, (dict, list))
    return str(
        yaml.dump(
            {name: value}, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=1000,
            default_flow_style=None if nested else False,
        )
    )  # fmt: skip
