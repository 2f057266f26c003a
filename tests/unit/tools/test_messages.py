"""Every text that a user sees is found, has a translation that fits, and Chinese that nobody wrapped is told."""

from pathlib import Path

import polib
import pytest

from tools.messages import Message, incomplete, read_source, updated

TEMPLATE = """{% load i18n %}
<h1 title="{% translate "事项" %}">{{ title|default:_("无题") }}</h1>
<p>{% blocktranslate with who=name trimmed %}
     {{ who }} 已办结 100%
   {% endblocktranslate %}</p>
{% blocktranslate count n=n %}{{ n }} 件{% plural %}{{ n }} 件{% endblocktranslate %}
{% comment %} 注 {% endcomment %}{# 注 #}<!-- 注 -->
"""
CODE = '''"""文档"""
from django.utils.translation import gettext_lazy as _, pgettext

TITLE = _("上报"
          "事项")
STATE = pgettext("状态", "办结")
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "templates" / "desk").mkdir(parents=True)
    (tmp_path / "demo").mkdir()
    return tmp_path


def write(package: Path, *, template: str = "", code: str = "", demo: str = "", script: str = "") -> None:
    (package / "templates" / "desk" / "page.html").write_text(template)
    (package / "views.py").write_text(code)
    (package / "demo" / "texts.py").write_text(demo)
    (package / "page.js").write_text(script)


def complaints(package: Path, **files: str) -> list[str]:
    write(package, **files)
    return [line.removeprefix(f"{package}/") for line in read_source(package).complaints]


def test_finds_every_kind_of_text(package: Path):
    write(package, template=TEMPLATE, code=CODE)
    source = read_source(package)
    assert source.complaints == []
    assert {key: message.plural for key, message in source.messages.items()} == {
        (None, "事项"): "",
        (None, "无题"): "",
        (None, "%(who)s 已办结 100%%"): "",
        (None, "%(n)s 件"): "%(n)s 件",
        (None, "上报事项"): "",
        ("状态", "办结"): "",
    }


@pytest.mark.parametrize(
    "template",
    [
        "<b>事项</b>",
        '{{ title|default:"无题" }}',
        '{% include "x.html" with title="无题" %}',
        "<a>\n{{ x }}：{{ y }}</a>",
    ],
)
def test_tells_chinese_outside_of_a_tag(package: Path, template: str):
    assert len(complaints(package, template=template)) == 1


def test_tells_the_line(package: Path):
    (line,) = complaints(package, template="<a>\n\n事项</a>")
    assert line == "templates/desk/page.html:3: “事项</a>” is outside of a translation tag"


@pytest.mark.parametrize("code", ['x = "事项"', 'x = f"{1} 件"', 'x = _(f"{1} 件")', 'def f():\n    g({"a": "事"})'])
def test_tells_chinese_outside_of_a_call(package: Path, code: str):
    assert len(complaints(package, code=code)) == 1


def test_tells_chinese_in_a_script(package: Path):
    (line,) = complaints(package, script="let a = 1\nalert('事')")
    assert line == "page.js:2: Chinese in a script; give it the text from the page"


def test_data_says_that_it_is_data(package: Path):
    code = 'WORDS = [  # untranslated: what residents write\n    "着火",\n    "漏水",\n]\n'
    template = "<a>简体中文</a>{# untranslated: a language's own name #}"
    assert complaints(package, code=code, template=template, demo='x = "源园居委会"') == []


def test_a_file_of_data_says_so_once(package: Path):
    assert complaints(package, code='"""."""\n# untranslated throughout: examples\na = "事"\nb = "项"\n') == []


def test_a_mark_on_a_function_does_not_hold_for_what_is_inside(package: Path):
    assert len(complaints(package, code='def f():  # untranslated: why\n    return "事项"\n')) == 1


def messages(*texts: str) -> dict[tuple[str | None, str], Message]:
    return {(None, text): Message(files={"a.py"}) for text in texts}


def catalog(**texts: str) -> polib.POFile:
    po = polib.POFile()
    po.extend(polib.POEntry(msgid=text, msgstr=translation) for text, translation in texts.items())
    return po


def test_new_texts_come_in_untranslated_and_old_translations_stay():
    new = updated(messages("事项", "上报"), catalog(事项="Matter", 旧="Old", 空=""), prune=False)
    assert {entry.msgid: (entry.msgstr, bool(entry.obsolete)) for entry in new} == {
        "事项": ("Matter", False),
        "上报": ("", False),
        "旧": ("Old", True),
    }
    assert [entry.msgid for entry in updated(messages("旧"), new, prune=True)] == ["旧"]
    assert updated(messages("旧"), new, prune=True)[0].msgstr == "Old"  # it is back, with its translation


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("事项", ""),
        ("事项", "Matter 事"),
        ("已处理 %(count)s 件", "Done"),
        ("已处理 %(count)s 件", "%(n)s done"),
        ("已处理 {count} 件", "{n} done"),
        ("剩 %s", "Left"),
    ],
)
def test_tells_a_translation_that_does_not_fit(text: str, translation: str):
    assert len(incomplete(messages(text), catalog(**{text: translation}))) == 1


def test_takes_a_translation_that_fits():
    fits = {"事项": "Matter", "已处理 %(count)s 件，100%%": "%(count)s done, 100%%", "Pingzhan 平战": "Pingzhan 平战"}
    assert incomplete(messages(*fits), catalog(**fits)) == []


def test_tells_fuzzy_and_vanished_texts():
    po = catalog(事项="Matter", 旧="Old")
    po[0].flags = ["fuzzy"]
    assert len(incomplete(messages("事项"), po)) == 2


def test_one_may_leave_out_its_number():
    several = {(None, "%(n)s 件"): Message(plural="%(n)s 件", files={"a.py"})}
    po = polib.POFile()
    po.append(
        polib.POEntry(msgid="%(n)s 件", msgid_plural="%(n)s 件", msgstr_plural={0: "One matter", 1: "%(n)s matters"})
    )
    assert incomplete(several, po) == []
