"""F: the switch, told through the API: preview, activation by ten at once, and what a kill leaves behind."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pingzhan.modes import queries as in_force
from pingzhan.modes.models import Overlay, Response
from pingzhan.response.models import Activation
from tests.factories.plans import ready
from tests.factories.world import HOME, HOME_STREET, World
from tests.installation import Installation

AtOnce = Callable[..., list[Any]]
RESPONSES = "/api/v1/responses"
ROOT = Path(__file__).resolve().parents[2]
ASKED = {"plan": "short", "level": 2, "places": [HOME_STREET]}


def post(world: World, name: str, address: str, body: dict[str, Any]) -> Any:
    return world.client(name).post(address, body, content_type="application/json")


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_preview_activate_change_renew_and_stand_down(world: World) -> None:
    ready(world)
    preview = post(world, "command", f"{RESPONSES}/preview", ASKED).json()
    assert preview["counts"]["room_function"] == 2
    assert all(item["reason"] for item in preview["items"])
    wrong = post(world, "command", RESPONSES, {**ASKED, "digest": "0" * 64})
    assert wrong.status_code == 409
    assert wrong.json()["preview"]["digest"] == preview["digest"]
    made = post(world, "command", RESPONSES, {**ASKED, "digest": preview["digest"]})
    assert made.status_code == 201
    again = post(world, "command", RESPONSES, {**ASKED, "digest": preview["digest"]})
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    in_force.forget()
    address = f"{RESPONSES}/{made.json()['id']}"
    duties = world.client("secretary").get(f"{address}/duties", {"limit": 200}).json()["items"]
    assert {duty["place"] for duty in duties} <= {f"{HOME}-B001", f"{HOME}-B002"}  # only their own area
    assert duties
    assert world.client("far_secretary").get(address).status_code == 404
    changed = post(world, "command", f"{address}/change_level", {"level": 1, "reason": "扩散"})
    assert changed.json()["level"] == 1
    assert post(world, "command", f"{address}/change_level", {"level": 1, "reason": "扩散"}).status_code == 422
    renewed = post(world, "command", f"{address}/renew", {"until": "2026-03-20T10:00:00+08:00", "reason": "未清零"})
    assert renewed.json()["until"].startswith("2026-03-20")
    assert post(world, "grid_worker", f"{address}/stand_down", {}).status_code == 403
    down = post(world, "command", f"{address}/stand_down", {"done": [1, 2]})
    assert down.json()["state"] == "ended"
    assert post(world, "command", f"{address}/stand_down", {}).status_code == 409
    assert world.client("command").get("/api/v1/plans").json()["items"][0]["code"] == "short"
    assert world.client().get("/api/v1/plans/schema").json()["title"].startswith("Pingzhan plan")
    ready_ = world.client("secretary").get("/api/v1/plans/short/readiness", {"place": HOME, "level": 2}).json()
    assert 0 <= ready_["percent"] <= 100


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clock")
def test_ten_press_at_once_and_there_is_one_response(world: World, at_once: AtOnce) -> None:
    ready(world)
    digest = post(world, "command", f"{RESPONSES}/preview", ASKED).json()["digest"]
    world.token("command")
    answers = at_once(*(lambda: post(world, "command", RESPONSES, {**ASKED, "digest": digest}) for _ in range(10)))
    told = [answer if isinstance(answer, Exception) else answer.status_code for answer in answers]
    assert Counter(told) == {201: 1, 200: 9}, told
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Response.objects.count() == Activation.objects.count() == 1
    keys = list(Overlay.objects.values_list("kind", "target", "key").order_by("id"))
    assert len(keys) == len(set(keys))


# Children activate and are killed (SIGKILL): every other one behind one of its statements, each in its turn, the others
# at a random moment. The parent looks after each what is there, and presses again.
KILLED = """
import json, os, random, signal, time
import django; django.setup()
from datetime import UTC, datetime
from django.db import connection, connections
from tests.factories.world import HOME_STREET, make_world
from tests.factories.plans import ready
from pingzhan.access.actors import SYSTEM
from pingzhan.access.models import Grant
from pingzhan.modes import queries
from pingzhan.modes.models import Overlay, Response
from pingzhan.response import operations
from pingzhan.response.models import Activation, CheckItem, Plan
from pingzhan.response.queries.compile import compile_plan

at = datetime.now(UTC)
world = make_world(at=at)
plan = ready(world)
moments = random.Random(20260310)
whole = None
seen = {"nothing": 0, "all": 0, "half": 0}

def rows():
    return (Overlay.objects.count(), Response.objects.count(), Activation.objects.count(), CheckItem.objects.count(),
            Grant.objects.filter(response_id__isnull=False).count())

def press(level):
    manifest = compile_plan(plan, level=level, codes=[HOME_STREET], at=at)
    operations.activate(plan=plan, level=level, codes=[HOME_STREET], digest=manifest.digest, by=SYSTEM, at=at)

sent = 0

def counting(execute, sql, params, many, context):
    global sent
    done = execute(sql, params, many, context)
    sent += 1
    if sent == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return done

last = None
before = rows()
began = time.monotonic()
with connection.execute_wrapper(counting):
    press(2)
took = time.monotonic() - began
statements = sent
each = tuple(b - a for a, b in zip(before, rows()))
operations.stand_down(response=queries.get_response(Activation.objects.get().response_id), by=SYSTEM, at=at)
for turn in range(ROUNDS):
    before = rows()
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            sent, last = 0, turn // 2 % statements + 1 if turn % 2 else None
            with connection.execute_wrapper(counting):
                press(2)
        finally:
            os._exit(0)
    if turn % 2 == 0:
        time.sleep(moments.uniform(0, took * 1.5))
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    made = tuple(b - a for a, b in zip(before, rows()))
    if made == (0,) * 5:
        seen["nothing"] += 1
        press(2)  # and it can be pressed again
        made = tuple(b - a for a, b in zip(before, rows()))
    else:
        seen["all"] += 1
    if made != each:
        seen["half"] += 1
    for row in Activation.objects.order_by("at"):
        response = queries.get_response(row.response_id)
        if response.ended_at is None:
            operations.stand_down(response=response, by=SYSTEM, at=at)
print(json.dumps(seen | {"statements": statements}))
"""
ROUNDS = 100


@pytest.mark.load
def test_a_kill_during_activation_leaves_nothing_or_all(installation: Installation) -> None:
    assert installation.run("migrate").returncode == 0
    done = subprocess.run(
        [sys.executable, "-c", KILLED.replace("ROUNDS", str(ROUNDS))],
        env=installation.env | {"DJANGO_SETTINGS_MODULE": "pingzhan.settings", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        cwd=installation.directory, capture_output=True, text=True, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["half"] == 0, seen
    assert seen["nothing"] + seen["all"] == ROUNDS
    assert seen["statements"] <= ROUNDS // 2, "every statement was the last one once"
    assert seen["nothing"] >= ROUNDS // 2, seen  # every other blow fell before the end
