"""Sentences for somebody else than who acts: messages, and what is kept with a record."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override


def for_others(text: str, /, **values: Any) -> str:
    """`text` filled with `values`, in the installation's language: who reads it is not who presses the button."""
    with override(settings.LANGUAGE_CODE):
        said = gettext(text)
        return said % values if values else said
