"""Undefined template variables fail the tests, in our own templates; those of libraries may rely on them."""

import sys
from pathlib import Path
from types import FrameType

from django.template.base import FilterExpression, Node

import pingzhan

OURS = Path(pingzhan.__file__).resolve().parent


class UndefinedVariableError(AssertionError):
    """A template of ours uses a name that it was not given."""


class UndefinedVariable(str):
    """Stands as Django's `string_if_invalid`: an empty text that raises where one of our templates comes to need it.

    Django asks it two things, both only when a variable is undefined: whether it is true (a variable or an argument of
    a tag) and whether it contains "%s" (a variable inside of blocktranslate). The template is found from who asks.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        asking = sys._getframe(1)
        if asking.f_code is FilterExpression.resolve.__code__:
            complain(asking, asking.f_locals["self"].var)
        return False

    def __contains__(self, part: object) -> bool:
        asking = sys._getframe(1)
        if asking.f_code.co_name == "render_value":
            complain(asking, asking.f_locals["key"])
        return False


def complain(frame: FrameType | None, name: object) -> None:
    """Raise when the innermost template node on the stack comes from a template of ours."""
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node):
            origin = getattr(node, "origin", None)
            if origin is not None and OURS in Path(str(origin.name)).parents:
                raise UndefinedVariableError(f"{origin.name}: undefined variable {name}")
            return
        frame = frame.f_back
