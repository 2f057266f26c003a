"""Who may open which address: every route of the pages by every role. A route that is missing here fails.

The API has its own table in tests/api. What an answer shows and which step somebody may take is tested with each face;
here it is only whether the door opens: "yes" (200, or a redirect to where one goes on), "sign in" (the sign-in page),
"no" (404 or 403, as if it were not there).
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from pingzhan.access.actors import SYSTEM
from pingzhan.demo.accounts import enter_token
from pingzhan.matters import operations
from pingzhan.matters.models import LearnedModel, Matter, Notice
from pingzhan.matters.operations.visiting import visit
from pingzhan.places.models import Estate
from pingzhan.places.operations import propose_grids
from tests.factories.inspections import inspection
from tests.factories.people import addresses
from tests.factories.plans import switch_addresses
from tests.factories.whistles import blow
from tests.factories.world import HOME, HOME_STREET, NEAR, World

pytestmark = pytest.mark.django_db

# Everybody of the little world who stands for a role at the place of the matter, beside whoever is not signed in.
ROLES = (
    "", "resident", "building_leader", "grid_worker", "community_staff", "secretary", "property_staff", "street_staff",
    "street_secretary", "command", "inspector", "administrator",
)  # fmt: skip
EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {""}
DESK = frozenset(
    {"community_staff", "secretary", "property_staff", "street_staff", "street_secretary", "command", "inspector"}
)
FIELD = frozenset({"building_leader", "grid_worker"})
SEE_MATTERS = DESK | FIELD
RUN = frozenset({"community_staff", "secretary", "street_staff", "street_secretary", "command"})
EXPORT = RUN | {"property_staff", "inspector"}
READ_PLANS = RUN | {"inspector"}
SEE_RESPONSES = READ_PLANS | FIELD
ANSWER_FOR = frozenset({"secretary", "street_secretary", "command"})
SEE_PERSONS = RUN | {"administrator"}
GRANT = frozenset({"administrator"})
SEE_COVERAGE = SEE_PERSONS | {"inspector"}
APPOINT = ANSWER_FOR | {"administrator"}
MEMBERS = frozenset({"community_staff", "secretary", "street_staff", "street_secretary", "command"})
SEE_PLACES = SEE_MATTERS | {"administrator"}
DRAW = ANSWER_FOR | {"administrator"}
# Who handles matters of a unit.
HANDLE = RUN | {"grid_worker", "property_staff"}
KEEP = RUN | {"administrator"}
NOBODY: frozenset[str] = frozenset()
MEASURED = dict.fromkeys(("accuracy", "macro_f1", "majority", "coverage", "precision"), 0.5)
# The unit in charge and the one that was asked first; not those above them.
OPEN_CONTACT = frozenset({"community_staff", "secretary", "grid_worker", "property_staff"})

# Route name → (method, who gets in). "post" routes are sent an empty form: whoever is let in gets words, not a refusal.
TABLE: dict[str, tuple[str, frozenset[str]]] = {
    # for those who watch the installation
    "healthz": ("get", EVERYBODY),
    "readyz": ("get", EVERYBODY),
    "metrics": ("get", EVERYBODY),  # from loopback, where the tests are; else with the token
    # residents
    "portal:home": ("get", EVERYBODY),
    "portal:help": ("get", EVERYBODY),
    "portal:report": ("get", EVERYBODY),
    "portal:hint": ("post", EVERYBODY),
    "portal:places": ("get", EVERYBODY),
    "portal:similar": ("post", EVERYBODY),
    "portal:follow": ("post", EVERYBODY),  # and is told that nothing was offered a moment ago
    "portal:receipt": ("get", EVERYBODY),  # leads to where the code is asked for
    "portal:outlines": ("get", EVERYBODY),
    "portal:place": ("get", EVERYBODY),
    "portal:track": ("get", EVERYBODY),
    "portal:forget": ("post", EVERYBODY),
    "portal:matter": ("get", EVERYBODY),
    "portal:step": ("post", EVERYBODY),
    "portal:mine": ("get", SIGNED_IN),
    "portal:data": ("get", SIGNED_IN),
    "portal:confirm_phone": ("post", SIGNED_IN - {"resident"}),  # of those who work here
    "portal:check_in": ("get", EVERYBODY),
    "portal:check_in_mobile": ("get", EVERYBODY),
    "portal:checked_in": ("get", EVERYBODY),
    "portal:inbox": ("get", SIGNED_IN),
    "portal:inbox_read": ("post", SIGNED_IN),
    "field:inbox": ("get", SIGNED_IN),
    "field:inbox_read": ("post", SIGNED_IN),
    "desk:inbox": ("get", SIGNED_IN),
    "desk:inbox_read": ("post", SIGNED_IN),
    "portal:team": ("get", SIGNED_IN),
    "portal:answer": ("post", NOBODY),
    "portal:membership": ("post", NOBODY),  # none of them has checked in here: test_members.py
    "portal:membership_correct": ("get", NOBODY),
    "portal:notices": ("get", EVERYBODY),
    "portal:notice": ("get", EVERYBODY),
    # everybody's choices, the way home, pictures
    "home": ("get", EVERYBODY),
    "prefs": ("post", EVERYBODY),
    "photo": ("get", SEE_MATTERS),
    # the desk
    "desk:queue": ("get", SEE_MATTERS),
    "desk:bulk": ("post", RUN),
    "desk:undo": ("post", NOBODY),  # but who did it, within a minute
    "desk:presence": ("post", SEE_MATTERS),
    "desk:templates": ("get", RUN),
    "desk:template_retire": ("post", NOBODY),  # but those within whose area one is kept
    "desk:call_backs": ("get", RUN),
    "desk:call_back": ("post", RUN),
    "desk:rating_reply": ("post", RUN),
    "desk:ledgers": ("get", SEE_MATTERS),
    "desk:ledger_workbook": ("get", EXPORT),
    "desk:sheet_paper": ("get", SEE_MATTERS),
    "desk:chain": ("get", ANSWER_FOR | {"inspector"}),
    "desk:chain_paper": ("get", ANSWER_FOR | {"inspector"}),
    "desk:exports": ("get", EXPORT),
    "desk:export": ("post", EXPORT),
    "desk:export_cancel": ("post", NOBODY),  # but who asked for it
    "desk:export_file": ("get", NOBODY),
    "desk:report": ("get", RUN | FIELD),
    "desk:sheet": ("get", SEE_MATTERS),
    "desk:contact": ("post", OPEN_CONTACT),
    "desk:suggestions": ("get", frozenset({"command", "administrator"})),
    "desk:suggestions_train": ("post", frozenset({"command", "administrator"})),
    "desk:suggestion_activate": ("post", frozenset({"command", "administrator"})),
    "desk:suggestion_stop": ("post", frozenset({"command", "administrator"})),
    "desk:clusters": ("get", RUN),
    "desk:redact": ("post", RUN),
    "desk:original": ("post", OPEN_CONTACT),
    "desk:step": ("post", SEE_MATTERS),
    "desk:blow": ("get", RUN),
    "desk:whistles": ("get", SEE_MATTERS),
    "desk:whistle": ("get", SEE_MATTERS),
    "desk:whistle_step": ("post", SEE_MATTERS),
    "desk:team": ("get", HANDLE),
    "desk:team_cap": ("post", RUN),
    "desk:taking": ("post", HANDLE),
    "desk:visits": ("get", RUN | FIELD),
    "desk:visit_new": ("get", RUN | FIELD),
    "desk:visit": ("get", RUN | FIELD),
    "field:visits": ("get", RUN | FIELD),
    "field:visit_new": ("get", RUN | FIELD),
    "field:visit": ("get", RUN | FIELD),
    "desk:inspections": ("get", SEE_MATTERS),
    "desk:inspection": ("get", SEE_MATTERS),
    "desk:inspection_act": ("post", frozenset({"property_staff"})),  # mending is for the inspected unit
    "desk:inspection_new": ("get", ANSWER_FOR | {"street_staff", "inspector"}),
    "desk:inspection_workbook": ("get", EXPORT),
    "desk:firsts": ("get", RUN | {"inspector"}),
    "desk:supervision": ("get", SEE_MATTERS),
    "desk:rules_edit": ("get", frozenset({"street_secretary", "command", "administrator"})),
    "desk:rules": ("get", SEE_MATTERS),
    "desk:notices": ("get", SEE_MATTERS),
    "desk:take_down": ("post", ANSWER_FOR),
    # units, persons, offices
    "desk:units": ("get", SEE_PERSONS),
    "desk:unit_new": ("get", APPOINT),
    "desk:units_import": ("get", APPOINT),
    "desk:unit": ("get", SEE_PERSONS),
    "desk:unit_edit": ("get", APPOINT),
    "desk:unit_end": ("post", APPOINT),
    "desk:unit_staff": ("post", APPOINT),
    "desk:persons": ("get", SEE_PERSONS),
    "desk:person_new": ("get", APPOINT),
    "desk:contacts_confirm": ("post", APPOINT),
    "desk:doubles": ("get", APPOINT),
    "desk:leaders_import": ("get", APPOINT),
    "desk:person": ("get", SEE_PERSONS),
    "desk:person_edit": ("get", APPOINT),
    "desk:person_phone": ("post", ANSWER_FOR),
    "desk:person_account": ("post", APPOINT),
    "desk:person_appoint": ("post", APPOINT),
    "desk:person_merge": ("get", APPOINT),
    "desk:trainings": ("get", SEE_PERSONS),
    "desk:person_train": ("post", RUN),
    "desk:training_withdraw": ("post", RUN),
    "desk:unmerge": ("post", APPOINT),
    "desk:office": ("get", APPOINT),
    "desk:coverage": ("get", SEE_COVERAGE),
    "desk:organisation": ("get", GRANT),
    "desk:organisation_load": ("post", GRANT),
    "desk:organisation_chain": ("get", GRANT),
    "desk:gaps": ("get", SEE_COVERAGE),
    "desk:fill": ("get", APPOINT),
    "join": ("get", NOBODY),  # without a link that holds; test_people_desk.py opens it
    "desk:teams": ("get", MEMBERS),
    "desk:member_team": ("get", MEMBERS),
    "desk:member_team_act": ("post", ANSWER_FOR),
    "desk:talents": ("get", MEMBERS),
    "desk:talent_requests": ("get", MEMBERS),
    "desk:talent_request": ("get", MEMBERS),
    "desk:skills": ("get", frozenset({"street_secretary", "command", "administrator"})),
    "desk:lists": ("get", MEMBERS | {"administrator"}),
    "desk:list": ("get", MEMBERS | {"administrator"}),
    "desk:list_edit": ("get", ANSWER_FOR),
    "desk:members": ("get", MEMBERS),
    "desk:member_new": ("get", MEMBERS),
    "desk:members_import": ("get", MEMBERS),
    "desk:members_template": ("get", MEMBERS),
    "desk:rosters": ("get", MEMBERS),
    "desk:roster": ("get", MEMBERS),
    "desk:roster_act": ("post", MEMBERS),
    "desk:member": ("get", MEMBERS),
    "desk:member_open": ("post", MEMBERS),
    "desk:member_correct": ("get", MEMBERS),
    "desk:member_prove": ("post", MEMBERS),
    "desk:member_step": ("post", MEMBERS),
    "command:home": ("get", SEE_RESPONSES),
    "command:response": ("get", SEE_RESPONSES),
    "command:act": ("post", SEE_RESPONSES),
    "command:level": ("get", ANSWER_FOR),
    "command:switch": ("get", ANSWER_FOR),
    "command:preview": ("get", ANSWER_FOR),
    "command:export": ("get", ANSWER_FOR),
    "command:activate": ("post", ANSWER_FOR),
    "command:proposal": ("post", ANSWER_FOR),
    "command:signals": ("get", ANSWER_FOR | {"street_staff"}),
    "command:plans": ("get", READ_PLANS),
    "command:plan_format": ("get", READ_PLANS),
    "command:plan": ("get", READ_PLANS),
    "command:readiness": ("get", READ_PLANS),
    "command:plan_new": ("get", ANSWER_FOR | {"street_staff"}),
    "command:plan_head": ("get", frozenset({"command"})),
    "command:plan_item_new": ("get", frozenset({"command"})),
    "command:plan_item": ("get", frozenset({"command"})),
    "command:plan_edit": ("get", frozenset({"command"})),  # of the district's plan
    "command:plan_step": ("post", frozenset({"command"})),
    "desk:stations": ("get", SEE_MATTERS),
    "desk:station": ("get", DESK),
    "desk:station_new": ("get", RUN),
    "desk:station_change": ("post", RUN),
    "desk:room_new": ("post", RUN),
    "desk:room": ("post", RUN),
    # places
    "desk:places": ("get", SEE_PLACES),
    "desk:place": ("get", SEE_PLACES),
    "desk:place_map": ("get", SEE_PLACES),
    "desk:place_checks": ("get", SEE_PLACES),
    "desk:place_propose_all": ("post", DRAW),
    "desk:grids": ("get", DRAW),
    "desk:grids_map": ("get", DRAW),
    "desk:grids_propose": ("post", DRAW),
    "desk:grid_proposal": ("get", DRAW),
    "desk:grid_proposal_map": ("get", DRAW),
    "desk:place_mergers": ("get", frozenset({"administrator"})),
    "desk:place_qr": ("get", SEE_PLACES),
    "desk:building_new": ("get", KEEP),
    "desk:building_edit": ("get", KEEP),
    "desk:estate": ("get", KEEP),
    "desk:place_imports": ("get", KEEP),
    "desk:place_import_template": ("get", KEEP),
    "desk:place_import": ("get", NOBODY),  # but who has uploaded it
    "desk:place_import_errors": ("get", NOBODY),
    "desk:journal": ("get", ANSWER_FOR | {"inspector", "administrator"}),
    "desk:verify": ("post", ANSWER_FOR | {"inspector", "administrator"}),
    "desk:jobs": ("get", frozenset({"command", "administrator"})),
    "desk:job_again": ("post", frozenset({"command", "administrator"})),
    "desk:job_dismiss": ("post", frozenset({"command", "administrator"})),
    # the phone of grid workers
    "field:today": ("get", SEE_MATTERS),
    "field:report": ("get", RUN | FIELD),
    "field:team": ("get", MEMBERS),
    "field:member": ("get", MEMBERS),
    "field:done": ("get", SEE_MATTERS),
    "field:me": ("get", SEE_MATTERS),
    "field:matter": ("get", SEE_MATTERS),
    "field:contact": ("post", OPEN_CONTACT),
    "field:step": ("post", SEE_MATTERS),
    "field:taking": ("post", HANDLE),
    "field:whistle": ("get", SEE_MATTERS),
    "field:whistle_step": ("post", SEE_MATTERS),
    # the demo, where there is one
    "demo:index": ("get", NOBODY),
    "demo:enter": ("get", NOBODY),
    "demo:messages": ("get", NOBODY),
    # signing in and what belongs to it; allauth's own pages
    "account_login": ("get", EVERYBODY),
    "account_logout": ("get", EVERYBODY),
    "account_inactive": ("get", EVERYBODY),
    "account_signup": ("get", EVERYBODY),
    "account_reauthenticate": ("get", NOBODY),  # nobody here has a password,
    "account_email": ("get", SIGNED_IN),
    "account_email_verification_sent": ("get", EVERYBODY),
    "account_change_password": ("get", SIGNED_IN),
    "account_set_password": ("get", SIGNED_IN),
    "account_reset_password": ("get", EVERYBODY),
    "account_confirm_login_code": ("get", EVERYBODY),
    "account_confirm_email": ("get", EVERYBODY),
    "account_verify_phone": ("get", EVERYBODY),
    "account_change_phone": ("get", SIGNED_IN),
    "account_reset_password_from_key_done": ("get", EVERYBODY),
    "account_reset_password_from_key": ("get", EVERYBODY),
    "account_reset_password_done": ("get", EVERYBODY),
    "account_request_login_code": ("get", EVERYBODY),
    "mfa_index": ("get", SIGNED_IN),
    "mfa_authenticate": ("get", EVERYBODY),
    "mfa_reauthenticate": ("get", NOBODY),  # or has set up a second factor
    "mfa_activate_totp": ("get", SIGNED_IN),
    "mfa_deactivate_totp": ("get", NOBODY),
    "mfa_view_recovery_codes": ("get", NOBODY),
    "mfa_generate_recovery_codes": ("get", SIGNED_IN),
    "mfa_download_recovery_codes": ("get", NOBODY),
}


def routes(patterns: list[Any] | None = None, prefix: str = "", path: str = "") -> Iterator[str]:
    """The names of all routes but the API's; a route without a name has its pattern for one."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace == "api" or str(entry.pattern).startswith("api/"):
                continue
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from routes(entry.url_patterns, inner, path + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + entry.name if entry.name else path + str(entry.pattern)


def test_every_route_is_in_the_table() -> None:
    assert sorted(set(routes())) == sorted(TABLE)


@pytest.fixture
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def address(world: World, _then: None) -> Callable[[str], str]:
    """The address of a route, with a matter and a notice of the home community where it wants one."""
    published = world.matter(to="published")
    matter = make_matter(world, f"{HOME}-B001")
    secretary = world.actor("secretary")
    operations.redact(matter=matter, text="楼道漏水", reason="写了邻居的姓名", by=secretary, at=world.at)
    version = LearnedModel.objects.create(
        target="category", trained_at=world.at, examples=60, labels=2, threshold=0.5, measured=MEASURED, artefact=""
    )
    notice = Notice.objects.get(matter=published)
    picture = matter.attachments.get()
    proposal = propose_grids(community=world.places[HOME], by=world.actor("secretary"), at=world.at)
    whistle = {"whistle_id": blow(world, matter, units=(f"{HOME}.property",), at=world.at + timedelta(minutes=30)).pk}
    inspected = inspection(world, matter)
    been = visit(kind="household", place=f"{HOME}-B001", topic="1号楼", by=world.actor("building_leader"), at=world.at)
    made: dict[str, dict[str, Any]] = {
        "desk:inspection": {"inspection_id": inspected.pk},
        "desk:visit": {"visit_id": been.pk},
        "field:visit": {"visit_id": been.pk},
        "desk:inspection_act": {"inspection_id": inspected.pk, "position": 1, "act": "mend"},
        **switch_addresses(world),
        "photo": {"number": matter.number, "photo": picture.pk},
        "portal:notice": {"notice": notice.pk},
        "desk:take_down": {"notice_id": notice.pk},
        "join": {"token": "nonsense"},
        **addresses(world),
        "desk:undo": {"action_id": uuid4()},
        "desk:template_retire": {"template_id": uuid4()},
        **{name: {"number": matter.number} for name in ("desk:call_back", "desk:rating_reply")},
        **{name: {"export_id": uuid4()} for name in ("desk:export_cancel", "desk:export_file")},
        "demo:enter": {"token": enter_token("secretary")},
        "account_confirm_email": {"key": "nonsense"},
        "account_reset_password_from_key": {"uidb36": "x", "key": "nonsense"},
        **{name: {"number": matter.number} for name in ("portal:receipt", "portal:matter", "desk:sheet")},
        **{name: {"version_id": version.pk} for name in ("desk:suggestion_activate", "desk:suggestion_stop")},
        **{name: {"number": matter.number} for name in ("desk:redact", "desk:original")},
        **{name: {"number": matter.number} for name in ("desk:presence", "desk:chain")},
        **{name: {"number": matter.number, "kind": "pdf"} for name in ("desk:sheet_paper", "desk:chain_paper")},
        **{name: {"number": matter.number} for name in ("desk:contact", "field:matter", "field:contact")},
        **{name: {"number": matter.number, "step": "progress"} for name in ("desk:step", "field:step")},
        **member_addresses(world),
        **{name: {"code": HOME} for name in OF_A_COMMUNITY},
        **{
            name: {"code": f"{HOME}-B001"}
            for name in ("desk:place", "desk:place_map", "desk:place_qr", "desk:building_edit")
        },
        **{name: {"import_id": uuid4()} for name in ("desk:place_import", "desk:place_import_errors")},
        "desk:building_new": {"code": HOME},
        "desk:estate": {"code": _estate(world)},
        "desk:place_import_template": {"kind": "buildings"},
        **{name: {"proposal_id": proposal.pk} for name in ("desk:grid_proposal", "desk:grid_proposal_map")},
        **{name: {"number": matter.number, "act": "grab"} for name in ("desk:taking", "field:taking")},
        "desk:blow": {"number": matter.number},
        **dict.fromkeys(("desk:whistle", "field:whistle"), whistle),
        **{name: whistle | {"step": "report"} for name in ("desk:whistle_step", "field:whistle_step")},
        "portal:step": {"number": matter.number, "step": "urge"},
        **{name: {"job_id": uuid4()} for name in ("desk:job_again", "desk:job_dismiss")},
    }

    asked = {
        "desk:gaps": {"post": "building.building_leader.online"},
        "desk:fill": {"post": "building.building_leader.online", "place": f"{HOME}-B001"},
    }

    def find(name: str) -> str:
        return reverse(name, kwargs=made.get(name), query=asked.get(name))

    def with_place(name: str) -> str:
        return find(name) + (f"?place={HOME}" if name == "desk:list_edit" else "")

    return with_place


def member_addresses(world: World) -> dict[str, dict[str, Any]]:
    """What the routes about members want: one who checked in at home, with a skill, and a roster of the district."""
    from pingzhan.people.models import PersonSkill
    from pingzhan.people.operations import Line, ask_talents, load_roster, publish_list
    from tests.factories.members import check_in, load_skills, team

    load_skills(world)
    found = check_in(world, to="approved", skills=("medical.nurse",))
    rows = [(1, {"name": "韦", "phone": "10012349999"})]
    roster, _ = load_roster(title="转入", path=world.path(HOME), rows=rows, by=SYSTEM, at=world.at)
    one = {"check_in_id": found.pk}
    made = team(world)
    version = publish_list(kind="powers", place=world.places[HOME_STREET], lines=[Line("调解")], by=SYSTEM, at=world.at)
    asked = ask_talents(
        text="陪护", place=world.places[HOME], check_ins=[found.pk], due_at=world.at + timedelta(hours=9), by=SYSTEM,
        at=world.at,
    )  # fmt: skip
    return {
        "desk:member_team": {"team_id": made.pk},
        "desk:member_team_act": {"team_id": made.pk, "act": "group"},
        "desk:talent_request": {"request_id": asked.pk},
        "portal:answer": {"ask_id": asked.asks.get().pk},
        "desk:list": {"version_id": version.pk},
        "desk:list_edit": {"kind": "offers"},
        **{f"desk:{name}": one for name in ("member", "member_open", "member_correct")},
        "desk:member_prove": one | {"skill_id": PersonSkill.objects.get().pk},
        "desk:member_step": one | {"step": "contact"},
        "field:member": one,
        "portal:membership_correct": one,
        "portal:membership": one | {"act": "leave"},
        "desk:roster": {"roster_id": roster.pk},
        "desk:roster_act": {"roster_id": roster.pk, "act": "remind"},
    }


def make_matter(world: World, place: str) -> Matter:
    """In the hands of the property manager, with a picture and a phone number."""
    from pingzhan.matters.operations.pictures import store_pictures
    from tests.factories.pictures import picture

    class Upload:
        def __init__(self) -> None:
            self.content = picture()
            self.size = len(self.content)

        def read(self) -> bytes:
            return self.content

    told = {"contact_name": "王阿姨", "contact_phone": "13800001234", "pictures": store_pictures([Upload()])}
    return world.matter(place=place, to="in_progress", **told)


def signed_in(world: World, name: str) -> Client:
    return world.browser(name)


def outcome(answer: Any) -> str:
    if answer.status_code in {301, 302, 303} and answer.url.startswith(settings.LOGIN_URL + "?next="):
        return "sign in"
    if answer.status_code in {403, 404}:
        return "no"
    return "yes" if answer.status_code < 500 or answer.status_code == 503 else "broken"


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "visitor")
def test_the_doors_open_for_those_in_the_table(world: World, address: Callable[[str], str], role: str) -> None:
    wrong = []
    for name, (method, allowed) in TABLE.items():
        client = signed_in(world, role)  # afresh for each: some doors sign out, or ask who it is again
        answer = getattr(client, method)(address(name))
        if answer.streaming:
            list(answer)  # read to its end, a picture's file is closed
        got = outcome(answer)
        if (got == "yes") != (role in allowed):
            wrong.append(f"{name}: {got} ({answer.status_code})")
        if not role and not allowed >= {""} and name.startswith(("desk:", "field:", "portal:")) and got != "sign in":
            wrong.append(f"{name}: a visitor is to be asked to sign in, not {got}")
    assert not wrong, "\n".join(wrong)


def _estate(world: World) -> str:
    home = world.places[HOME]
    made = Estate.objects.create(
        code=f"{HOME}-E09", community=home, path=home.path, name="馨园小区", created_at=world.at
    )
    return made.code


OF_A_PLACE = (
    "photo", "desk:sheet", "desk:presence", "desk:sheet_paper", "desk:chain", "desk:chain_paper", "desk:contact",
    "desk:call_back", "desk:rating_reply",
    "desk:step", "desk:redact", "desk:original", "field:matter", "field:contact", "field:step",
    "desk:inspection", "desk:inspection_act", "desk:visit", "field:visit",
    "desk:whistle", "desk:whistle_step", "field:whistle", "field:whistle_step",
)  # fmt: skip
OF_A_BUILDING = ("desk:place", "desk:place_map", "desk:place_qr", "desk:building_edit")
OF_A_COMMUNITY = ("desk:grids", "desk:grids_map", "desk:grids_propose")


STRANGERS = (
    "near_secretary", "near_grid_worker", "near_property_staff", "far_street_secretary", "far_inspector",
    "housing_staff",
)  # fmt: skip


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_door_to_a_matter_opens_for_those_of_another_place(
    world: World, address: Callable[[str], str], stranger: str
) -> None:
    client = signed_in(world, stranger)
    of_members = (
        "desk:member",
        "desk:member_open",
        "desk:member_step",
        "desk:roster",
        "desk:roster_act",
        "field:member",
    )
    for name in (*OF_A_PLACE, "desk:take_down", *of_members):
        answer = getattr(client, TABLE[name][0])(address(name))
        assert answer.status_code == 404, name


@pytest.mark.usefixtures("_then")
def test_ones_own_place_is_no_stranger(world: World) -> None:
    """The doors above are shut by the place and by nothing else."""
    matter = make_matter(world, f"{NEAR}-G001")
    for name in ("near_secretary", "near_grid_worker", "near_property_staff"):
        assert signed_in(world, name).get(reverse("desk:sheet", args=[matter.number])).status_code == 200


@pytest.mark.parametrize("role", ["command", "administrator"])
def test_roles_that_need_a_second_factor_get_nowhere_without_it(
    world: World, address: Callable[[str], str], role: str
) -> None:
    client = Client()
    client.force_login(world.users[role])
    for name, (method, allowed) in TABLE.items():
        if role not in allowed or not name.startswith(("desk:", "field:", "portal:", "home", "photo")):
            continue
        answer = getattr(client, method)(address(name))
        assert answer.status_code == 302, name
        assert answer.url == reverse("mfa_activate_totp"), name
