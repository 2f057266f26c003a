"""A name that one of our templates uses without being given it is an error; in a library's it stays empty."""

import pytest
from django.template import Context, Engine, Origin, Template

from tests.strict_templates import OURS, UndefinedVariable, UndefinedVariableError

UNDEFINED = [
    "{{ nothing }}",
    "{{ thing.nothing }}",
    '{{ nothing|default:"x" }}',
    "{% with x=nothing %}{% endwith %}",
    "{% load i18n %}{% blocktranslate %}a {{ nothing }}{% endblocktranslate %}",
    "{% for x in list %}{{ y }}{% endfor %}",
]


def render(text: str, where: str) -> str:
    engine = Engine(string_if_invalid=UndefinedVariable(), libraries={"i18n": "django.templatetags.i18n"})
    template = Template(text, origin=Origin(where), engine=engine)
    return template.render(Context({"thing": object(), "list": [1], "empty": "", "none": None}))


@pytest.mark.parametrize("text", UNDEFINED)
def test_undefined_names_fail_in_our_templates(text: str):
    with pytest.raises(UndefinedVariableError, match=r"page\.html"):
        render(text, str(OURS / "templates" / "page.html"))


@pytest.mark.parametrize("text", UNDEFINED)
def test_templates_of_libraries_go_on(text: str):
    assert render(text, "/lib/allauth/page.html") == render(
        text.replace("nothing", "empty").replace("y", "empty"), "/lib"
    )


@pytest.mark.parametrize("text", ["{{ empty }}", "{{ none }}", "{% if nothing %}{% endif %}", "{{ empty|upper }}"])
def test_empty_values_and_questions_are_no_error(text: str):
    render(text, str(OURS / "templates" / "page.html"))
