"""Fields of forms in one look: label, help, control, what is wrong with it.

Two sources of values and errors are known. Pages of our own pass `typed` (what was sent) and `problem` (a DomainError
whose `errors` name fields) in their context: the tags take them from there. Library pages have Django forms: `field`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, HiddenInput, RadioSelect, Select, Widget
from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

Text = str | Promise


@register.filter
def errors_of(problem: Any, name: str) -> list[str]:
    """The messages of `problem` about the field `name`."""
    found = getattr(problem, "errors", None) or ()
    return [str(error["msg"]) for error in found if error.get("loc") and str(error["loc"][-1]) == name]


def _plain(context: Context, name: str, *, value: Any, prefix: str) -> dict[str, Any]:
    """Value, errors and ids of a field of our own."""
    typed = context.get("typed") or {}
    ident = f"f-{prefix}{name}"
    errors = errors_of(context.get("problem"), name)
    return {
        "name": name,
        "id": ident,
        "value": str(typed[name]) if name in typed else "" if value is None else value,
        "errors": errors,
        "help_id": f"{ident}-help",
        "error_id": f"{ident}-error",
    }


def _described(*, id: str, help: Any, errors: list[str]) -> str:
    """What aria-describedby names: the error first, then the help."""
    return " ".join([f"{id}-error"] * bool(errors) + [f"{id}-help"] * bool(help))


@register.inclusion_tag("parts/input.html", takes_context=True)
def input(
    context: Context,
    name: str,
    label: Text,
    *,
    type: str = "text",
    value: Any = "",
    help: Text = "",
    required: bool = False,
    prefix: str = "",
    placeholder: Text = "",
    autocomplete: str = "",
    inputmode: str = "",
    maxlength: int = 0,
    min: str = "",
    max: str = "",
    pattern: str = "",
    code: bool = False,
    list: Iterable[str] = (),
) -> dict[str, Any]:
    """One line: `{% input "phone" _("联系电话") type="tel" help=_("可以不填") autocomplete="tel" %}`.

    `prefix` keeps ids apart where a page has several forms; `list` are proposals; `code`: no prose, so that no phone
    puts capitals in or corrects it.
    """
    plain = _plain(context, name, value=value, prefix=prefix)
    attributes = {
        "placeholder": placeholder,
        "autocomplete": autocomplete,
        "inputmode": inputmode,
        "maxlength": maxlength,
        "min": min,
        "max": max,
        "pattern": pattern,
        "autocapitalize": "none" if code else "",
        "spellcheck": "false" if code else "",
    }
    return plain | {
        "label": label,
        "type": type,
        "help": help,
        "required": required,
        "proposals": [*list],
        "described": _described(id=plain["id"], help=help, errors=plain["errors"]),
        "attributes": flat(attributes),
    }


@register.inclusion_tag("parts/textarea.html", takes_context=True)
def textarea(
    context: Context,
    name: str,
    label: Text,
    *,
    value: Any = "",
    help: Text = "",
    required: bool = False,
    prefix: str = "",
    placeholder: Text = "",
    rows: int = 4,
    maxlength: int = 0,
) -> dict[str, Any]:
    """Several lines: `{% textarea "text" _("发生了什么") required=True maxlength=2000 %}`; counts what is left."""
    plain = _plain(context, name, value=value, prefix=prefix)
    return plain | {
        "label": label,
        "help": help,
        "required": required,
        "rows": rows,
        "maxlength": maxlength,
        "described": _described(id=plain["id"], help=help, errors=plain["errors"]),
        "attributes": flat({"placeholder": placeholder, "maxlength": maxlength}),
    }


def option_groups(options: Iterable[Any], chosen: str) -> list[dict[str, Any]]:
    """[{label, options: [{value, label, selected}]}] of pairs, {code, name} or groups {label, kinds: pairs}."""
    groups: list[dict[str, Any]] = []
    for option in options:
        if isinstance(option, Mapping) and "kinds" in option:
            groups.append({"label": option["label"], "options": [_option(kind, chosen) for kind in option["kinds"]]})
            continue
        if not groups or groups[-1]["label"]:
            groups.append({"label": "", "options": []})
        groups[-1]["options"].append(_option(option, chosen))
    return groups


def _option(option: Any, chosen: str) -> dict[str, Any]:
    if isinstance(option, Mapping):
        value, label = option["code"], option.get("name") or option.get("label", "")
        selected = value == chosen or (not chosen and bool(option.get("suggested")))
    else:
        value, label = option
        selected = str(value) == chosen
    return {"value": value, "label": label, "selected": selected}


@register.inclusion_tag("parts/select.html", takes_context=True)
def select(
    context: Context,
    name: str,
    label: Text,
    options: Iterable[Any],
    *,
    value: Any = "",
    empty: Text = "",
    help: Text = "",
    required: bool = False,
    prefix: str = "",
    compact: bool = False,
) -> dict[str, Any]:
    """One of a list: `{% select "category" _("类别") categories empty=_("请选择") %}`.

    Options are pairs, {code, name, suggested} or groups {label, kinds}. `compact`: label not seen (filters).
    """
    plain = _plain(context, name, value=value, prefix=prefix)
    return plain | {
        "label": label,
        "help": help,
        "required": required,
        "empty": empty,
        "compact": compact,
        "groups": option_groups(options, str(plain["value"])),
        "described": _described(id=plain["id"], help=help, errors=plain["errors"]),
    }


@register.inclusion_tag("parts/choices.html", takes_context=True)
def choices(
    context: Context,
    name: str,
    label: Text,
    options: Iterable[Any],
    *,
    value: Any = "",
    help: Text = "",
    required: bool = False,
    prefix: str = "",
    stacked: bool = False,
) -> dict[str, Any]:
    """One of a few, all in sight: `{% choices "urgency" _("紧急程度") urgencies value="routine" %}`."""
    plain = _plain(context, name, value=value, prefix=prefix)
    found = [option for group in option_groups(options, str(plain["value"])) for option in group["options"]]
    return plain | {
        "label": label,
        "help": help,
        "required": required,
        "stacked": stacked,
        "options": found,
        "described": _described(id=plain["id"], help=help, errors=plain["errors"]),
    }


@register.inclusion_tag("parts/check.html", takes_context=True)
def check(
    context: Context,
    name: str,
    label: Text,
    *,
    value: str = "1",
    checked: bool = False,
    help: Text = "",
    prefix: str = "",
) -> dict[str, Any]:
    """Yes or no: `{% check "anonymous" _("匿名上报") help=_("…") %}`."""
    typed = context.get("typed") or {}
    plain = _plain(context, name, value="", prefix=prefix)
    return plain | {
        "label": label,
        "help": help,
        "value": value,
        "checked": typed.get(name) == value if typed else checked,
        "described": _described(id=plain["id"], help=help, errors=plain["errors"]),
    }


@register.inclusion_tag("parts/stars.html", takes_context=True)
def stars(
    context: Context, name: str, label: Text, *, value: Any = "", prefix: str = "", required: bool = True
) -> dict[str, Any]:
    """One to five stars as a group of radio buttons: `{% stars "stars" _("您满意吗") %}`."""
    plain = _plain(context, name, value=value, prefix=prefix)
    words = [_("很不满意"), _("不满意"), _("一般"), _("满意"), _("很满意")]
    marks = [
        {"value": count, "label": word, "checked": str(count) == str(plain["value"])}
        for count, word in enumerate(words, 1)
    ]
    return plain | {"label": label, "marks": marks, "required": required}


@register.inclusion_tag("parts/photo_picker.html", takes_context=True)
def photo_picker(
    context: Context,
    name: str = "pictures",
    *,
    label: Text = "",
    help: Text = "",
    most: int = 6,
    most_megabytes: int = 20,
    prefix: str = "",
) -> dict[str, Any]:
    """Photos with previews: `{% photo_picker %}`; a plain file field where scripts do not run."""
    plain = _plain(context, name, value="", prefix=prefix)
    return plain | {
        "label": label or _("照片"),
        "most": most,
        "most_megabytes": most_megabytes,
        "help": help
        or _("最多 %(most)s 张，每张不超过 %(size)s MB。照片里的拍摄地点等信息会自动去掉。")
        % {"most": most, "size": most_megabytes},
    }


@register.inclusion_tag("parts/pin_picker.html", takes_context=True)
def pin_picker(
    context: Context,
    outlines_url: str,
    *,
    locate_url: str = "",
    lon: Any = "",
    lat: Any = "",
    label: Text = "",
    prefix: str = "",
) -> dict[str, Any]:
    """A pin on a map of outlines: `{% pin_picker outlines_url locate_url=… %}` sends `lon` and `lat` in WGS-84.

    `outlines_url` answers GeoJSON features with `name`; `locate_url?lon=&lat=` the chain of places, 404 outside.
    """
    typed = context.get("typed") or {}
    return {
        "outlines_url": outlines_url,
        "locate_url": locate_url,
        "label": label or _("在地图上标出地点"),
        "lon": typed.get("lon") or lon or "",
        "lat": typed.get("lat") or lat or "",
        "id": f"pin-{prefix}map",
        "errors": [*errors_of(context.get("problem"), "lon"), *errors_of(context.get("problem"), "location")],
    }


@register.inclusion_tag("parts/place_level.html")
def place_level(
    options: Iterable[Any],
    *,
    label: Text,
    url: str = "",
    parent: str = "",
    value: str = "",
    name: str = "place",
    depth: int = 1,
) -> dict[str, Any]:
    """One level of the list of places; choosing one asks `url?place=CODE&depth=N` by htmx for the level below.

    Every level has the same field name and its first option stands for the level above (`parent`): the last one sent
    is the place meant, at any depth. Without scripts the first level alone does.
    """
    return {
        "groups": option_groups(options, value),
        "label": label,
        "url": url,
        "parent": parent,
        "name": name,
        "depth": depth,
        "below": depth + 1,
    }


@register.inclusion_tag("parts/problem.html")
def problem_summary(problem: Any = None) -> dict[str, Any]:
    """What went wrong, above a form, with links to the fields: `{% problem_summary problem %}`; or nothing."""
    if not problem:
        return {"show": False}
    lines = [
        {"msg": error["msg"], "id": f"f-{error['loc'][-1]}" if error.get("loc") else ""}
        for error in getattr(problem, "errors", None) or ()
    ]
    detail = str(getattr(problem, "detail", "") or "")
    if len(lines) == 1 and str(lines[0]["msg"]) == detail:
        detail = ""
    return {"show": True, "title": getattr(problem, "title", _("填写的内容有误")), "detail": detail, "lines": lines}


@register.inclusion_tag("parts/problem.html")
def form_summary(form: BaseForm) -> dict[str, Any]:
    """The same for a Django form: `{% form_summary form %}`."""
    if not form.is_bound or not form.errors:
        return {"show": False}
    lines = [{"msg": message, "id": ""} for message in form.non_field_errors()]
    lines += [{"msg": message, "id": field.id_for_label} for field in form for message in field.errors]
    return {"show": True, "title": _("请改正以下内容"), "detail": "", "lines": lines}


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, *, label: Text = "", help: Text | None = None) -> dict[str, Any]:
    """A field of a Django form: `{% field form.password %}`; `label` and `help` may say it in better words.

    Placeholders of libraries are dropped: they repeat the label. `help=""` drops the library's help too.
    """
    widget = bound.field.widget
    kind = _kind(widget)
    looks = {"check": "check-input", "radio": "", "select": "form-select control", "input": "form-control control"}
    errors = [str(message) for message in bound.errors]
    shown_help = bound.help_text if help is None else help
    attributes: dict[str, str | bool] = {
        "class": looks[kind],
        "aria-describedby": _described(id=bound.auto_id, help=shown_help, errors=errors),
    }
    if "placeholder" in widget.attrs:
        attributes["placeholder"] = ""
    if not attributes["aria-describedby"]:
        del attributes["aria-describedby"]
    return {
        "id": bound.auto_id,
        "hidden": isinstance(widget, HiddenInput),
        "kind": kind,
        "control": bound.as_widget(attrs=attributes),
        "label": label or bound.label,
        "help": shown_help,
        "errors": errors,
        "required": bound.field.required,
        "error_id": f"{bound.auto_id}-error",
        "help_id": f"{bound.auto_id}-help",
    }


def _kind(widget: Widget) -> str:
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, RadioSelect):
        return "radio"
    return "select" if isinstance(widget, Select) else "input"


def flat(attributes: Mapping[str, Any]) -> SafeString:
    """HTML attributes of those that have a value."""
    return format_html_join("", ' {}="{}"', ((name, value) for name, value in attributes.items() if value))


@register.simple_tag
def hidden(name: str, value: Any) -> SafeString:
    """`{% hidden "version" matter.version %}`."""
    return format_html('<input type="hidden" name="{}" value="{}">', name, "" if value is None else value)
