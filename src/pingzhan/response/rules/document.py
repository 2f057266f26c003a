"""Reading a plan document, and saying what is wrong with it: at which line, why, and what to do."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml
from django.utils.translation import gettext as _
from jsonschema.exceptions import ValidationError

from pingzhan.access.roles import ROLES, may_be_lent
from pingzhan.response.choices import Per
from pingzhan.response.rules.expressions import ExpressionError, parse
from pingzhan.response.rules.schema import item_validator, validator

MOST_CHARACTERS = 200_000
LOWEST = 4  # the level of a watch, the only one that may start by itself
SECTIONS = (
    "functions", "duties", "roles", "tasks", "instructions", "clocks", "supplies", "visits", "bookings", "notices",
)  # fmt: skip

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at a line (from 1), why, and how to mend it. `path`: the part of the document, keys and places."""

    line: int
    where: str
    reason: str
    mend: str
    path: "Path" = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read: its data, and at which line each part of it stands."""

    data: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of this part, or of the nearest part around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def digest_of_source(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def read(source: str) -> tuple[Document | None, list[Finding]]:
    """The document, or None and why it cannot be read. Nothing in it is executed; no aliases, no tags."""
    if len(source) > MOST_CHARACTERS:
        return None, [Finding(1, "", _("文档太长"), _("预案最多 20 万字；把附件放到别处"))]
    try:
        for event in yaml.parse(source, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                mark = event.start_mark
                return None, [
                    Finding(mark.line + 1 if mark else 1, "", _("不支持引用（*名字）"), _("把内容直接写在这里"))
                ]
        node = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 1 if mark else 1
        said = str(getattr(error, "problem", "") or error).splitlines()[0]
        return None, [
            Finding(line, "", _("不是正确的 YAML：%(said)s") % {"said": said}, _("检查缩进、冒号后的空格和引号"))
        ]
    except RecursionError:
        return None, [Finding(1, "", _("嵌套太深"), _("按格式说明书写，最多四层"))]
    if node is None:
        return None, [Finding(1, "", _("文档是空的"), _("从一个现成的预案开始修改"))]
    lines: dict[Path, int] = {}
    findings: list[Finding] = []
    try:
        data = _build(node, (), lines, findings)
    except RecursionError:
        return None, [Finding(1, "", _("嵌套太深"), _("按格式说明书写，最多四层"))]
    return Document(data, lines), findings


def _build(node: yaml.Node, path: Path, lines: dict[Path, int], findings: list[Finding]) -> Any:
    """Plain data of a node; keys become text, since JSON knows no others."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in found:
                findings.append(
                    Finding(
                        key_node.start_mark.line + 1, _spoken((*path, key)), _("“%(key)s”写了两次") % {"key": key},
                        _("只留一处"),
                    )
                )  # fmt: skip
            found[key] = _build(value_node, (*path, key), lines, findings)
            lines[(*path, key)] = key_node.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_build(one, (*path, index), lines, findings) for index, one in enumerate(node.value)]
    tag = node.tag.rpartition(":")[2]
    text = str(node.value)
    if tag == "int":
        try:
            return int(text.replace("_", ""))
        except ValueError:
            return text
    if tag == "bool":
        return text.lower() in {"true", "yes", "on"}
    if tag == "null":
        return None
    return text  # numbers with a point stay text: quantities are decimals and never floats


def check(
    source: str, *, functions: Collection[str] | None = None, clocks: Collection[str] | None = None,
    figures: Collection[str] | None = None, skills: Collection[str] | None = None,
    trainings: Collection[str] | None = None, above: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any] | None, list[Finding]]:  # fmt: skip
    """The plan, or None, and everything that is wrong with it, by line.

    `above`: of an adaptation, the plan over which it is laid; without it nobody can tell which items are new.

    `functions`, `clocks`, `figures`, `skills`, `trainings` are the codes that exist here; None leaves that unchecked.
    """
    document, findings = read(source)
    if document is None:
        return None, findings
    adapts = isinstance(document.data, dict) and "adapts" in document.data
    findings += [
        _in_words(error, document) for error in validator("adaptation" if adapts else "plan").iter_errors(document.data)
    ]
    if not findings:
        known = _Known(functions, clocks, figures, skills, trainings)
        findings += _adaptation(document, known, above) if adapts else _meaning(document, known)
    findings.sort(key=lambda one: (one.line, one.where))
    return (None if findings else document.data), findings


@dataclass(frozen=True, slots=True)
class _Known:
    functions: Collection[str] | None
    clocks: Collection[str] | None
    figures: Collection[str] | None
    skills: Collection[str] | None
    trainings: Collection[str] | None


def _meaning(document: Document, known: _Known) -> list[Finding]:
    """What no schema can say: codes that must exist and be there once, levels that the plan has, conditions."""
    data = document.data
    found: list[Finding] = []
    levels = {int(level) for level in data["levels"]}
    for level, rule in data["levels"].items():
        for name in ("activate", "renew"):
            found += _roles(rule.get(name, []), ("levels", level, name), document)
    for section in (*SECTIONS, "conditions"):
        seen: set[str] = set()
        for index, item in enumerate(data.get(section, [])):
            path: Path = (section, index)
            if item["code"] in seen:
                found.append(
                    _finding(document, (*path, "code"), _("代码“%(code)s”在这一节里用了两次") % item, _("换一个代码"))
                )
            seen.add(item["code"])
            found += _item(section, item, path, levels, document, known)
    return found


def _item(
    section: str, item: Mapping[str, Any], path: Path, levels: Collection[int], document: Document, known: _Known
) -> Iterator[Finding]:
    """What one item of a section names."""
    for level in item.get("levels", []):
        if level not in levels:
            yield _finding(
                document, (*path, "levels"), _("没有级别 %(level)s") % {"level": level},
                _("在 levels 里写上这一级，或从这里去掉"),
            )  # fmt: skip
    for name in ("roles", "from"):
        yield from _roles(item.get(name, []), (*path, name), document)
    for name in ("role", "give"):
        if name in item:
            yield from _roles([item[name]], (*path, name), document)
    if item.get("give") in ROLES and not may_be_lent(item["give"]):
        yield _finding(
            document, (*path, "give"), _("这个角色能任命他人或授予权限，不能随响应临时授予"),
            _("改为 community_staff 等不能任命他人的角色"),
        )  # fmt: skip
    wanted = [("function", item["function"])] if "function" in item else []
    wanted += [("functions", code) for code in item.get("functions", [])]
    for name, code in wanted:
        if known.functions is not None and code not in known.functions:
            yield _finding(
                document, (*path, name), _("没有功能“%(code)s”") % {"code": code}, _like(code, known.functions)
            )
    for code in item.get("skills", []):
        if known.skills is not None and code not in known.skills:
            yield _finding(
                document, (*path, "skills"), _("没有技能“%(code)s”") % {"code": code}, _like(code, known.skills)
            )
    if known.trainings is not None and item.get("training", "") not in {"", *known.trainings}:
        yield _finding(
            document, (*path, "training"), _("没有培训“%(code)s”") % {"code": item["training"]},
            _like(item["training"], known.trainings),
        )  # fmt: skip
    if known.clocks is not None and item.get("clock", "") not in {"", *known.clocks}:
        yield _finding(
            document, (*path, "clock"), _("没有时限“%(code)s”") % {"code": item.get("clock", "")},
            _like(item.get("clock", ""), known.clocks),
        )  # fmt: skip
    if "households" in item and item.get("per", Per.HOUSEHOLDS) != Per.HOUSEHOLDS:
        yield _finding(
            document, (*path, "households"), _("households 只用于按邻里分组的责任"),
            _("把 per 改为 households，或去掉这一行"),
        )  # fmt: skip
    if section == "conditions":
        yield from _condition(item, path, levels, document, known)


def _condition(
    item: Mapping[str, Any], path: Path, levels: Collection[int], document: Document, known: _Known
) -> Iterator[Finding]:
    if item["level"] not in levels:
        yield _finding(
            document, (*path, "level"), _("没有级别 %(level)s") % {"level": item["level"]}, _("在 levels 里写上这一级")
        )
    if item.get("start") and item["level"] != LOWEST:
        yield _finding(
            document, (*path, "start"), _("只有Ⅳ级可以自动启动"), _("去掉 start，由人决定；或把 level 改为 4")
        )
    for name in ("when", "until"):
        if name in item:
            yield from _expression(item[name], (*path, name), document, known)


def _expression(text: str, path: Path, document: Document, known: _Known) -> Iterator[Finding]:
    try:
        expression = parse(text)
    except ExpressionError as error:
        yield _finding(
            document, path,
            _("条件在第 %(at)s 个字处读不懂：%(reason)s") % {"at": error.at + 1, "reason": error.reason},
            _("例如 matters.today.health >= 20 and matters.overdue > 5"),
        )  # fmt: skip
        return
    for name in sorted(expression.names):
        if known.figures is not None and not any(name == one or name.startswith(f"{one}.") for one in known.figures):
            yield _finding(document, path, _("没有数字“%(name)s”") % {"name": name}, _like(name, known.figures))


def _adaptation(document: Document, known: _Known, above: Mapping[str, Any] | None) -> list[Finding]:
    """An adaptation says parts of items; what the plan above has not, it says whole."""
    found: list[Finding] = []
    for section, items in document.data["changes"].items():
        there = None if above is None else {item["code"] for item in above.get(section, [])}
        for code, item in items.items():
            if item is None:
                continue
            part = there is None or code in there
            rules = item_validator(section, "part" if part else "whole")
            said = item if part else {"code": code} | item
            wrong = [_in_words(one, document, ("changes", section, code)) for one in rules.iter_errors(said)]
            found += wrong
            if not wrong:
                found += _item(
                    section,
                    {"code": code, "level": 1} | item,
                    ("changes", section, code),
                    {1, 2, 3, 4},
                    document,
                    known,
                )
    return found


def _roles(roles: Collection[str], path: Path, document: Document) -> Iterator[Finding]:
    for role in roles:
        if role not in ROLES:
            yield _finding(document, path, _("没有角色“%(code)s”") % {"code": role}, _like(role, ROLES))


def _finding(document: Document, path: Path, reason: str, mend: str) -> Finding:
    return Finding(document.line(path), _spoken(path), reason, mend, path)


def _like(code: str, known: Collection[str]) -> str:
    near = get_close_matches(code, list(known), n=3, cutoff=0.5) or sorted(known)[:8]
    return _("可以是：%(codes)s") % {"codes": ", ".join(near)}


def _spoken(path: Path) -> str:
    text = ""
    for one in path:
        text += f"[{one + 1}]" if isinstance(one, int) else f".{one}" if text else one
    return text


def _in_words(error: ValidationError, document: Document, within: Path = ()) -> Finding:
    """An error of the schema in words; `within` is where what was looked at stands in the document."""
    path: Path = (*within, *error.absolute_path)
    value = error.instance
    limit: Any = error.validator_value
    rule: Any = error.schema
    match error.validator:
        case "required":
            assert isinstance(value, dict)
            # An error for each that is missing; only its words say which.
            name = next(one for one in limit if one not in value and error.message.startswith(repr(one)))
            return _finding(
                document, (*path, name), _("缺少 %(name)s") % {"name": name}, _("补上这一项；格式见说明里的例子")
            )
        case "additionalProperties":
            allowed = list(rule.get("properties", {}))
            extra = [name for name in value if name not in allowed] if isinstance(value, dict) else []
            name = extra[0] if extra else ""
            mend = _like(name, allowed) if allowed else _("级别写 1 到 4，代码用小写字母、数字和连字符")
            return _finding(document, (*path, name), _("不认识“%(name)s”") % {"name": name}, mend)
        case "enum" | "const":
            options = limit if isinstance(limit, list) else [limit]
            return _finding(
                document, path, _("不能是“%(value)s”") % {"value": _short(value)},
                _("可以是：%(codes)s") % {"codes": ", ".join(map(str, options))},
            )  # fmt: skip
        case "type":
            names = {
                "string": _("文字"),
                "integer": _("整数"),
                "array": _("列表（每行以 - 开头）"),
                "object": _("名字和值"),
                "null": _("空"),
            }
            wanted = limit if isinstance(limit, list) else [limit]
            return _finding(
                document, path, _("“%(value)s”的种类不对") % {"value": _short(value)},
                _("这里要写%(kind)s") % {"kind": " / ".join(str(names.get(one, one)) for one in wanted)},
            )  # fmt: skip
        case "minimum" | "maximum":
            return _finding(
                document, path, _("%(value)s 超出范围") % {"value": _short(value)},
                (_("不小于 %(limit)s") if error.validator == "minimum" else _("不大于 %(limit)s"))
                % {"limit": limit},
            )  # fmt: skip
        case "pattern":
            return _finding(
                document, path, _("“%(value)s”写法不对") % {"value": _short(value)},
                _("代码用小写字母、数字和连字符，以字母开头；数量写成带引号的数字，如 \"1.5\""),
            )  # fmt: skip
        case "minItems" | "minLength" | "minProperties":
            return _finding(document, path, _("不能为空"), _("至少写一项"))
        case "maxItems" | "maxLength" | "maxProperties":
            return _finding(document, path, _("太长"), _("最多 %(limit)s") % {"limit": limit})
        case "uniqueItems":
            return _finding(document, path, _("有重复"), _("每项只写一次"))
    return _finding(document, path, error.message[:200], _("格式见说明里的例子"))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
