"""What visitors choose for themselves, language and large print, and the way to the face that is theirs.

The choices live in cookies on the visitor's own device; the server keeps nothing of them.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P

YEAR_SECONDS = 365 * 24 * 3600
# Of somebody with several roles the widest face opens; the others are a link away.
_FACES = (
    ("desk", P.MATTER_VIEW, "desk:queue"),
    ("field", P.MATTER_VIEW, "field:today"),
    ("field", P.MEMBER_CONTACT, "field:team"),
    ("field", P.MATTER_REPORT, "field:report"),
    ("desk", P.ACCESS_GRANT, "desk:units"),  # those who set up the installation
    ("desk", P.JOURNAL_VIEW, "desk:journal"),  # those who look after the installation and no matters
    ("desk", P.JOBS_VIEW, "desk:jobs"),
)


@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """To the face of the asker's role; residents and visitors to the portal."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    open_to = (name for face, permission, name in _FACES if face in actor.homes and actor.holding(permission))
    return HttpResponseRedirect(reverse(next(open_to, "portal:home")))


@require_POST
def prefs(request: HttpRequest) -> HttpResponse:
    """Set the language or large print, then back to the page that it was asked from."""
    response = HttpResponseRedirect(_way_back(request))
    response.status_code = 303
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    elder = request.POST.get("elder", "")
    if elder in {"0", "1"}:
        _keep(response, "elder", elder, scripts=True)
    return response


def _keep(response: HttpResponse, name: str, value: str, *, scripts: bool = False) -> None:
    """`scripts`: prefs.js sets it too, so that the next page has it though this answer is still on its way."""
    response.set_cookie(
        name, value, max_age=YEAR_SECONDS, samesite="Lax", httponly=not scripts, secure=settings.SESSION_COOKIE_SECURE
    )


def _way_back(request: HttpRequest) -> str:
    """A path of this site and nothing else, whatever was sent."""
    asked = request.POST.get("next", "")
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return reverse("portal:home")
