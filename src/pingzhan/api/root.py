"""The API at /api/v1: one thin router a context on the operations that the pages use too."""

from functools import cached_property
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Path, Router
from ninja.openapi.schema import OpenAPISchema

from pingzhan.api import (
    aftercare,
    buildings,
    chains,
    exports,
    grids,
    hints,
    imports,
    inspections,
    journal,
    lists,
    matters,
    me,
    members,
    openapi,
    people,
    persons,
    places,
    problems,
    public,
    steps,
    takings,
    talents,
    trainings,
    units,
    visits,
    whistles,
)
from pingzhan.api.bodies import PlainRenderer, StrictParser
from pingzhan.api.callers import PUBLIC
from pingzhan.api.docs import DocsPage
from pingzhan.api.proposing import proposals, signals
from pingzhan.api.responding import plans
from pingzhan.api.responding import router as responses
from pingzhan.api.responses import READ, answers
from pingzhan.api.schemas.problems import ProblemKind
from pingzhan.api.stations import router as stations
from pingzhan.core.errors import NotFound

DESCRIPTION = """\
Everything that the pages do, by the same operations.

**Sign in** with `Authorization: Bearer TOKEN` (`pingzhan token USER` prints one). Reporting a matter, following it by
its query code, places, categories and notices are open to all.

**Errors** are problem details (RFC 9457, `application/problem+json`). What lies outside of your area is 404, as if it
were not there. A step that the state does not allow is 409 and names the states that do.

**Repeat safely:** send writes with an `Idempotency-Key` of your choice; the same key and body again gives the first
answer, marked `Idempotency-Replayed: true`. **Work together:** send the `ETag` that you saw as `If-Match`; 412 tells
that somebody was quicker.

**Lists** answer `{items, next}`; pass `next` as `after` for the following page. Times are RFC 3339, coordinates WGS-84
degrees. Texts come in Chinese, or in English for `Accept-Language: en`.
"""


@csrf_exempt
def _nowhere(request: HttpRequest) -> HttpResponse:
    return problems.of_domain_error(NotFound())


class Api(NinjaAPI):
    """NinjaAPI with our own OpenAPI document, derived once."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        return self._document

    def _get_urls(self) -> list[URLPattern | URLResolver]:
        """All addresses, and one for those that do not exist: before the root, which is there for its name only."""
        *urls, root = super()._get_urls()
        return [*urls, re_path("", _nowhere), root]

    @cached_property
    def _document(self) -> OpenAPISchema:
        return openapi.complete(super().get_openapi_schema())  # type: ignore[return-value]


api = Api(
    title="Pingzhan API",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs=DocsPage(),
    parser=StrictParser(),
    renderer=PlainRenderer(),
    openapi_extra={
        "info": {"license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}},
        "tags": [
            {"name": "matters", "description": "Report a matter; read what one may see of them."},
            {"name": "steps", "description": "The eight-step loop, an address a step."},
            {"name": "exports", "description": "Lists as files."},
            {"name": "takings", "description": "Which of a unit's people has a matter."},
            {
                "name": "whistles",
                "description": "Units summoned to the spot of a matter, each with three clocks.",
            },
            {"name": "visits", "description": "Visits and the matters that came of them."},
            {"name": "inspections", "description": "Units inspected, what was found, whether it was mended."},
            {"name": "hints", "description": "The like of a report, suggestions, hot spots, the four firsts."},
            {"name": "public", "description": "What anybody may read."},
            {"name": "places", "description": "The area tree."},
            {"name": "grids", "description": "Grids as they could be drawn, until somebody accepts it."},
            {"name": "buildings", "description": "Buildings and homes, by hand and by workbook."},
            {"name": "people", "description": "Offices, which places have whom, check-ins, members, teams."},
            {"name": "persons", "description": "Who works here; offices given, ended, passed on."},
            {"name": "trainings", "description": "Short trainings before a post: kinds, and who took part."},
            {"name": "units", "description": "Units entered, changed, ended."},
            {"name": "talents", "description": "Who can help: search, ask, answer."},
            {"name": "lists", "description": "What may be passed down, powers, what teams offer; in versions."},
            {"name": "stations", "description": "Stations, their rooms and what these serve as."},
            {"name": "plans", "description": "Plans, how ready they are, and what they propose."},
            {"name": "responses", "description": "Preview, activate, change, renew, stand down."},
            {"name": "me", "description": "The caller."},
            {"name": "journal", "description": "Proofs that what is on record was not changed."},
            {"name": "problems", "description": "What can go wrong."},
        ],
    },
)
problems.add_handlers(api)

_problems = Router(tags=["problems"])


@_problems.get(
    "/{name}",
    auth=PUBLIC,
    response=answers({200: ProblemKind}, *READ),
    operation_id="get_problem_kind",
    summary="A kind of problem",
)
def get_problem_kind(
    request: HttpRequest,
    name: Annotated[str, Path(..., pattern="^[a-z-]{1,40}$", description="Last part of a `type`.")],
) -> ProblemKind:
    """What the `type` of a problem document means."""
    kind = problems.KINDS.get(name)
    if kind is None:
        raise NotFound
    return ProblemKind(type=f"{problems.PREFIX}{kind.name}", title=kind.name, status=kind.status, meaning=kind.meaning)


api.add_router("", people.router)
api.add_router("/places", places.router)
api.add_router("", hints.router)
api.add_router("/matters", steps.router)
api.add_router("/matters", takings.router)
api.add_router("/matters", aftercare.router)
api.add_router("/matters", chains.router)
api.add_router("/matters", matters.router)
api.add_router("/exports", exports.router)
api.add_router("", whistles.router)
api.add_router("/inspections", inspections.router)
api.add_router("/visits", visits.router)
api.add_router("", public.router)
api.add_router("", members.router)
for _more in (grids, buildings, imports, units, persons, trainings, talents, lists):
    api.add_router("", _more.router)
api.add_router("/stations", stations)
api.add_router("/plans", plans)
api.add_router("/plan-proposals", proposals)
api.add_router("/signals", signals)
api.add_router("/responses", responses)
api.add_router("/me", me.router)
api.add_router("/journal", journal.router)
api.add_router("/problems", _problems)
