"""The one-time link by which a new colleague chooses a password: shown once, to whoever opened the account."""

from typing import TYPE_CHECKING

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pingzhan.access.operations import INVITED_FOR
from pingzhan.access.queries import get_user

if TYPE_CHECKING:
    from pingzhan.people.models import Person


def show_link(request: HttpRequest, person: "Person", token: str) -> HttpResponse:
    """The page with the link and its QR code; the link stands nowhere else, and a reload cannot show it again."""
    assert person.user_id is not None
    url = request.build_absolute_uri(reverse("join", args=[token]))
    code = segno.make(url, error="m").svg_inline(scale=4, border=2, omitsize=True, svgclass="qr-code", lineclass=None)
    context = {
        "person": person,
        "username": get_user(person.user_id).username,
        "url": url,
        "qr": code,
        "until": request.at + INVITED_FOR,  # type: ignore[attr-defined]
    }
    return render(request, "desk/link.html", context)
