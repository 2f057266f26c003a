"""The parts of which pages are made: icons, chips, tracks, clocks, pagers, dialogs.

Every part is a tag that fills in what was not given, so that a page names only what it has.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from pingzhan.core.clock import now
from pingzhan.matters.choices import Status, Step
from pingzhan.places.names import named
from pingzhan.web import words

register = template.Library()

Text = str | Promise

_ICONS = Path(__file__).resolve().parents[2] / "vendor" / "tabler-icons"


def read(thing: Any, name: str, default: Any = "") -> Any:
    """`name` of a mapping or an object; `default` where it has none or None."""
    found = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
    return default if found is None else found


# --- icons ----------------------------------------------------------------------------------------------------------


@cache
def _svg(name: str, *, filled: bool) -> str:
    path = _ICONS / ("filled" if filled else "outline") / f"{name}.svg"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise template.TemplateSyntaxError(f"no icon {name!r}: take it into vendor/tabler-icons") from error
    return " ".join(text[text.index("<svg") :].split()).replace(
        "<svg ", '<svg aria-hidden="true" focusable="false" ', 1
    )


@register.simple_tag
def icon(name: str, *, filled: bool = False) -> SafeString:
    """A Tabler icon, inlined: `{% icon "map-pin" %}`. It says nothing to a screen reader: words stand beside it."""
    return mark_safe(_svg(name, filled=filled))  # noqa: S308 (a vendored file of our own)


@register.simple_tag
def zoom_words() -> SafeString:
    """What the buttons of a map are called; on the map or what it lies in: `<div data-pin {% zoom_words %}>`."""
    return format_html('data-zoom-in="{}" data-zoom-out="{}"', _("放大"), _("缩小"))


# --- status ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """How a state looks; `tone` names colours in tokens.css."""

    icon: str
    tone: str


STATUS_LOOKS: dict[str, Look] = {
    Status.SUBMITTED: Look("inbox", "info"),
    Status.ACCEPTED: Look("clipboard-check", "info"),
    Status.DISPATCHED: Look("send", "brand"),
    Status.IN_PROGRESS: Look("tool", "brand"),
    Status.ON_HOLD: Look("player-pause", "warn"),
    Status.COMPLETED: Look("circle-check", "good"),
    Status.FED_BACK: Look("message-2", "good"),
    Status.RATED: Look("star", "good"),
    Status.PUBLISHED: Look("speakerphone", "good"),
    Status.ARCHIVED: Look("archive", "quiet"),
    Status.REJECTED: Look("ban", "quiet"),
    Status.MERGED: Look("git-merge", "quiet"),
    Status.WITHDRAWN: Look("arrow-back-up", "quiet"),
}

# What residents read: the state as seen from outside, where staff read what is to be done next.
PUBLIC_LABELS: dict[str, Text] = {
    Status.SUBMITTED: gettext_lazy("已提交"),
    Status.ACCEPTED: gettext_lazy("已受理"),
    Status.DISPATCHED: gettext_lazy("已转办"),
    Status.IN_PROGRESS: gettext_lazy("办理中"),
    Status.ON_HOLD: gettext_lazy("暂缓办理"),
    Status.COMPLETED: gettext_lazy("已办结，待答复"),
    Status.FED_BACK: gettext_lazy("已答复，请评价"),
    Status.RATED: gettext_lazy("已评价"),
    Status.PUBLISHED: gettext_lazy("已公示"),
    Status.ARCHIVED: gettext_lazy("已归档"),
    Status.REJECTED: pgettext_lazy("status", "不予受理"),
    Status.MERGED: gettext_lazy("已合并办理"),
    Status.WITHDRAWN: gettext_lazy("已撤回"),
}


@register.inclusion_tag("parts/chip.html")
def status_chip(status: str, label: Text = "", *, public: bool = False) -> dict[str, Any]:
    """A matter's state as icon, words and colour: `{% status_chip matter.status %}`; residents get `public=True`."""
    look = STATUS_LOOKS.get(status, Look("circle-dot", "quiet"))
    words = PUBLIC_LABELS if public else dict(Status.choices)
    return {"icon_name": look.icon, "tone": look.tone, "label": label or words.get(status, status), "note": ""}


URGENCY_LOOKS = {
    "routine": Look("circle-dot", "quiet"),
    "urgent": Look("urgent", "warn"),
    "critical": Look("flame", "bad"),
}


@register.inclusion_tag("parts/chip.html")
def urgency_chip(urgency: str, label: Text) -> dict[str, Any]:
    """How pressing a matter is: `{% urgency_chip row.urgency row.urgency_label %}`."""
    look = URGENCY_LOOKS.get(urgency, URGENCY_LOOKS["routine"])
    return {"icon_name": look.icon, "tone": look.tone, "label": label, "note": ""}


@register.inclusion_tag("parts/chip.html")
def chip(label: Text, *, icon: str = "", tone: str = "quiet", note: Text = "") -> dict[str, Any]:
    """Any other mark: `{% chip _("督办") icon="alarm" tone="bad" %}`; tone: brand, info, good, warn, bad, quiet."""
    return {"icon_name": icon, "tone": tone, "label": label, "note": note}


# --- track ----------------------------------------------------------------------------------------------------------

TRACK_ICONS: dict[str, str] = {
    Step.REPORT: "message-plus",
    Step.ACCEPT: "clipboard-check",
    Step.DISPATCH: "send",
    Step.PROGRESS: "route",
    Step.SUPERVISE: "bell",
    Step.FEED_BACK: "message-2",
    Step.RATE: "star",
    Step.PUBLISH: "speakerphone",
    Step.ARCHIVE: "archive",
}
_STATE_WORDS: dict[str, Text] = {
    "done": gettext_lazy("已完成"),
    "now": gettext_lazy("进行中"),
    "todo": gettext_lazy("未开始"),
    "late": gettext_lazy("已逾期"),
    "skipped": gettext_lazy("未经过"),
}


def track_rows(steps: Iterable[Any]) -> list[dict[str, Any]]:
    """Steps of any shape ({label, at, who, state, note} or objects with `step`) with all keys filled in."""
    rows = []
    for step in steps:
        named = read(step, "step", None)
        state = read(step, "state", "todo")
        rows.append(
            {
                "label": read(step, "label") or getattr(named, "label", ""),
                "icon_name": TRACK_ICONS.get(str(named), ""),
                "at": read(step, "at", None),
                "who": read(step, "who"),
                "note": read(step, "note"),
                "state": state,
                "state_label": _STATE_WORDS.get(state, state),
            }
        )
    return rows


@register.inclusion_tag("parts/track.html")
def track(steps: Iterable[Any], *, label: Text = "") -> dict[str, Any]:
    """The eight steps like a parcel's track: `{% track steps %}`.

    Each step has `label` (or `step`, a Step), `state` (done, now, todo, late, skipped); `at`, `who`, `note` if known.
    """
    return {"rows": track_rows(steps), "label": label or _("办理进度")}


@register.inclusion_tag("parts/track_line.html")
def track_line(steps: Iterable[Any]) -> dict[str, Any]:
    """The same in one line, for a list or the head of a sheet: `{% track_line sheet.track %}`."""
    rows = track_rows(steps)
    here = next((index for index, row in enumerate(rows, 1) if row["state"] in {"now", "late"}), 0)
    done = sum(row["state"] == "done" for row in rows)
    if here:
        words = _("第 %(here)s 步，共 %(all)s 步：%(label)s") % {
            "here": here, "all": len(rows), "label": rows[here - 1]["label"],
        }  # fmt: skip
    else:
        words = _("已完成 %(done)s 步，共 %(all)s 步") % {"done": done, "all": len(rows)}
    return {"rows": rows, "words": words, "here": here}


@register.inclusion_tag("parts/timeline.html")
def timeline(items: Iterable[Any], *, number: str = "", newest_first: bool = True) -> dict[str, Any]:
    """What happened, step by step, with words and pictures: `{% timeline sheet.items number=matter.number %}`.

    Items are those of `matters.queries.sheet`; `number` is needed where they have pictures.
    """
    rows = [
        {
            "label": read(item, "label"),
            "icon_name": TRACK_ICONS.get(read(item, "step"), _OTHER_ICONS.get(read(item, "step"), "circle-dot")),
            "at": read(item, "at", None),
            "who": read(item, "who"),
            "unit": read(item, "unit"),
            "notes": read(item, "notes", ()),
            "replies": read(item, "replies", ()),
            "pictures": [picture_of(number, picture) for picture in read(item, "pictures", ())],
            "lapsed": read(item, "lapsed", default=False),
        }
        for item in items
    ]
    if newest_first:
        rows.reverse()
    return {"rows": rows, "number": number}


_OTHER_ICONS: dict[str, str] = {
    Step.SIGN: "signature",
    Step.RETURN: "arrow-back-up",
    Step.REFER: "arrow-forward-up",
    Step.REJECT: "ban",
    Step.HOLD: "player-pause",
    Step.RESUME: "player-play",
    Step.DECIDE_PAUSE: "clipboard-check",
    Step.ASK: "message-plus",
    Step.ANSWER: "message-2",
    Step.REPORT_BACK: "message-2",
    Step.RELEASE: "circle-check",
    Step.UNMERGE: "arrows-split",
    Step.ESCALATE: "alarm",
    Step.COMPLETE: "circle-check",
    Step.VERIFY: "eye",
    Step.REOPEN: "refresh",
    Step.URGE: "bell-ringing",
    Step.MERGE: "git-merge",
    Step.SPLIT: "arrows-split",
    Step.WITHDRAW: "arrow-back-up",
}


@register.simple_tag
def name_of(thing: Any) -> str:
    """The name of something of the catalogue in the reader's language: `{% name_of reason %}`."""
    return named(thing)


@register.filter
def plan_name(thing: Any) -> str:
    """What a plan or a response is called in the reader's language: `{{ response|plan_name }}`."""
    return words.plan_name(thing)


@register.filter
def who(name: str) -> str:
    """Whoever did something, by name; what the system did by itself in words: `{{ change.actor_name|who }}`."""
    return str(_("系统")) if name == "system" else name


@register.filter
def for_step(offers: Iterable[Any], step: str) -> list[Any]:
    """The templates of answers that belong to a step: `{% with found=offers|for_step:step.code %}`."""
    return [offer for offer in offers if offer.occasion == step]


@register.filter
def step_icon(step: str) -> str:
    """The icon of a step: `{% icon step.code|step_icon %}`."""
    return TRACK_ICONS.get(step) or _OTHER_ICONS.get(step, "circle-dot")


# --- clocks ---------------------------------------------------------------------------------------------------------

SOON = timedelta(hours=4)


def duration_words(span: timedelta) -> str:
    """A span in its two largest units, at least one minute: "3 天 4 小时", "50 分钟"."""
    minutes = max(1, int(abs(span).total_seconds() // 60))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        (days, ngettext("%(n)s 天", "%(n)s 天", days)),
        (hours, ngettext("%(n)s 小时", "%(n)s 小时", hours)),
        (minutes, ngettext("%(n)s 分钟", "%(n)s 分钟", minutes)),
    ]
    first = next(index for index, (count, _words) in enumerate(parts) if count)
    return " ".join(words % {"n": count} for count, words in parts[first : first + 2] if count)


@register.inclusion_tag("parts/clock.html")
def clock(
    due_at: datetime | None, *, at: datetime | None = None, label: Text = "", state: str = "running"
) -> dict[str, Any]:
    """How long is left: `{% clock row.due_at %}`, "还剩 3 小时" or "已超 2 天"; nothing when there is no deadline.

    `state`: running, paused, met, late (finished late), stopped. `at` is the moment it is shown for, by default now.
    """
    if due_at is None:
        return {"show": False}
    left = due_at - (at or now())
    if state == "running":
        late = left < timedelta(0)
        tone, icon_name = ("bad", "alarm") if late else ("warn", "clock") if left < SOON else ("quiet", "clock")
        words = (_("已超 %(span)s") if late else _("还剩 %(span)s")) % {"span": duration_words(left)}
    else:
        tone, icon_name, words = {
            "paused": ("warn", "player-pause", _("计时已暂停")),
            "met": ("good", "circle-check", _("按时完成")),
            "late": ("bad", "alarm", _("逾期完成")),
        }.get(state, ("quiet", "circle-dashed", _("不再计时")))
    return {
        "show": True,
        "running": state == "running",
        "tone": tone,
        "icon_name": icon_name,
        "words": words,
        "label": label,
        "due_at": due_at,
        "due_iso": due_at.isoformat(),
    }


@register.simple_tag
def moment(at: datetime | None, *, seconds: bool = False) -> SafeString:
    """A time in words, with the exact one behind it: `{% moment item.at %}`, "今天 14:05", "11月3日 09:20"."""
    if at is None:
        return mark_safe("")
    local = timezone.localtime(at)
    days = (timezone.localdate(now()) - local.date()).days
    clock_time = local.strftime("%H:%M:%S" if seconds else "%H:%M")
    if days == 0:
        words = _("今天 %(time)s") % {"time": clock_time}
    elif days == 1:
        words = _("昨天 %(time)s") % {"time": clock_time}
    elif local.year == timezone.localdate(now()).year:
        words = _("%(month)s月%(day)s日 %(time)s") % {"month": local.month, "day": local.day, "time": clock_time}
    else:
        words = local.strftime("%Y-%m-%d ") + clock_time
    return format_html(
        '<time class="num" datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        local.strftime("%Y-%m-%d %H:%M:%S"),
        words,
    )


# --- the mode -------------------------------------------------------------------------------------------------------

# GB/T emergency levels: Ⅰ red, Ⅱ orange, Ⅲ yellow, Ⅳ blue.
_LEVELS: dict[str, tuple[str, Text, Text]] = {
    "1": ("red", gettext_lazy("Ⅰ级"), gettext_lazy("红色")),
    "2": ("orange", gettext_lazy("Ⅱ级"), gettext_lazy("橙色")),
    "3": ("yellow", gettext_lazy("Ⅲ级"), gettext_lazy("黄色")),
    "4": ("blue", gettext_lazy("Ⅳ级"), gettext_lazy("蓝色")),
}


@register.inclusion_tag("parts/mode_bar.html")
def mode_bar(mode: Any) -> dict[str, Any]:
    """The bar of an emergency or an exercise, in the colour of its level; nothing in peacetime."""
    colour, level, colour_name = _LEVELS.get(str(read(mode, "level")), ("blue", "", ""))
    return {
        "kind": read(mode, "kind", "peacetime"),
        "label": read(mode, "label"),
        "colour": colour,
        "level": level,
        "colour_name": colour_name,
        "plan": read(mode, "plan"),
        "where": read(mode, "where", ()),
        "since": read(mode, "since", None),
        "until": read(mode, "until", None),
    }


@register.inclusion_tag("parts/mode_pill.html")
def mode_pill(mode: Any) -> dict[str, Any]:
    """The mode in one word, beside the name of the product."""
    kind = read(mode, "kind", "peacetime")
    colour = _LEVELS.get(str(read(mode, "level")), ("blue", "", ""))[0]
    return {
        "kind": kind,
        "label": read(mode, "label") or _("平时"),
        "colour": colour if kind != "peacetime" else "calm",
    }


# --- pages and lists ------------------------------------------------------------------------------------------------


@register.inclusion_tag("parts/empty.html")
def empty(
    title: Text, text: Text = "", *, icon: str = "inbox", url: str = "", action: Text = "", tone: str = ""
) -> dict[str, Any]:
    """A list with nothing in it says what to do next: `{% empty _("没有待办事项") _("…") url=… action=_("上报") %}`."""
    return {"title": title, "text": text, "icon_name": icon, "url": url, "action": action, "tone": tone}


@register.inclusion_tag("parts/pager.html", takes_context=True)
def pager(context: Context, *, next: str = "", first: str = "", target: str = "") -> dict[str, Any]:
    """Keyset paging: `{% pager next=next first=first %}`; each an address, or the cursor of the next page.

    `target` is a CSS selector that htmx swaps instead of loading the page, which must work without it too.
    """
    request = context.get("request")
    if next and not next.startswith(("/", "?")):
        query = request.GET.copy() if request is not None else None
        if query is not None:
            query["after"] = next
            next = f"?{query.urlencode()}"
    if not first and request is not None and request.GET.get("after"):
        query = request.GET.copy()
        query.pop("after", None)
        first = f"?{query.urlencode()}" if query else request.path
    return {"next": next, "first": first, "target": target}


@register.inclusion_tag("parts/gallery.html")
def gallery(pictures: Iterable[Any], *, number: str = "", label: Text = "") -> dict[str, Any]:
    """Pictures small, each large on a press: `{% gallery sheet.pictures number=matter.number %}`.

    Pictures are attachments of the matter `number`, or {url, thumb, alt}.
    """
    return {"pictures": [picture_of(number, picture) for picture in pictures], "label": label or _("照片")}


def picture_of(number: str, picture: Any) -> dict[str, Any]:
    """{url, thumb, alt} of an attachment, or of a mapping that has them."""
    if isinstance(picture, Mapping):
        return {
            "url": picture["url"],
            "thumb": picture.get("thumb", picture["url"]),
            "alt": picture.get("alt") or _("照片"),
        }
    from django.urls import reverse

    url = reverse("photo", args=[number, picture.pk])
    return {"url": url, "thumb": f"{url}?size=thumb", "alt": _("%(number)s 的照片") % {"number": number}}


@register.inclusion_tag("parts/stars_shown.html")
def stars_shown(stars: int, *, most: int = 5) -> dict[str, Any]:
    """A rating given: `{% stars_shown rating.stars %}`."""
    return {"marks": [index <= stars for index in range(1, most + 1)], "stars": stars, "most": most}


@register.inclusion_tag("parts/confirm.html")
def confirm_dialog(
    id: str, title: Text, text: Text = "", *, ok: Text = "", cancel: Text = "", tone: str = "brand"
) -> dict[str, Any]:
    """Asks before a button with `data-confirm="id"` sends: `{% confirm_dialog "take-down" _("撤下公示吗") … %}`."""
    return {
        "id": id,
        "title": title,
        "text": text,
        "ok": ok or _("确定"),
        "cancel": cancel or pgettext("dialog", "取消"),
        "tone": tone,
    }


@register.inclusion_tag("parts/copy.html")
def copyable(value: str, label: Text) -> dict[str, Any]:
    """A code that people keep, with a button that copies it: `{% copyable matter.query_code _("查询码") %}`."""
    return {"value": value, "label": label}


@register.inclusion_tag("parts/send_once.html")
def send_once(key: str = "") -> dict[str, Any]:
    """Inside of `<form data-send-once>`: the hidden `key` and the words for a lost network: `{% send_once key %}`."""
    return {"key": key}


@register.simple_tag(takes_context=True)
def is_current(context: Context, url: str) -> str:
    """`aria-current="page"` where `url` is the page shown: `<a href="…" {% is_current url %}>`."""
    request = context.get("request")
    return mark_safe('aria-current="page"') if request is not None and request.path == url else mark_safe("")
