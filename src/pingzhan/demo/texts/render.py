"""Fill one report and everything that is said on its way, the same for the same seed."""

import re
from collections.abc import Mapping
from random import Random

from pingzhan.demo.texts.categories import KINDS
from pingzhan.demo.texts.departments import UNITS
from pingzhan.demo.texts.manners import COMMENTS, HOLDS, MANNERS, PHRASES
from pingzhan.demo.texts.matters import SCRIPTS
from pingzhan.demo.texts.names import estate_name, road_name, shop_name
from pingzhan.demo.texts.shapes import Manner, Outcome, Script, Story, Text, Tone, WrongTurn

_DAYS = ("昨天", "前天", "大前天", "上周五", "上周六", "上周日", "上周三", "这周一")
_CLOSINGS: Mapping[Tone, tuple[str, ...]] = {
    "complaint": ("感谢您的监督，如情况反复请随时再反映。", "给您带来不便，敬请谅解。", "后续会继续关注，欢迎您监督。"),
    "help": ("如还有困难，请随时联系我们。", "请您多保重，有事可以直接找居委会。", "后续有变化，请及时告诉我们。"),
    "advice": ("感谢您对社区的关心。", "谢谢您的宝贵意见，欢迎继续提建议。", "感谢您的理解和支持。"),
}
_GREETINGS = ("您好！", "居民您好！", "您好，您反映的事项已办理。")
# Nearly every lift, stairway and flat of an estate lies between these floors.
_FLOORS = (1, 2, 3, 4, 5, 6, 6, 9, 11)


def render(rng: Random, *, kind: str | None = None, estate: str = "", building: str = "", room: str = "") -> Story:
    """One filled report. An empty `estate`, `building` or `room` is invented; without `kind` one is chosen by weight.

    Raises KeyError for a kind that is not in the tree.
    """
    code = kind if kind is not None else _choose(rng)
    script = SCRIPTS[code]
    text = rng.choice(script.texts)
    outcome = rng.choice(endings(script, text))
    manner = MANNERS[KINDS[code].group]
    unit = KINDS[code].handlers[0]
    turn = _wrong_turn(rng, manner=manner, unit=unit)
    slots = _slots(rng, estate=estate, building=building, room=room, trade=text.trade)
    words = {**slots, "right": UNITS[unit].name}

    def fill(pattern: str) -> str:
        return pattern.format_map(words)

    phrases = PHRASES[manner.tone]
    reply = rng.choice(_GREETINGS) + fill(outcome.reply) + rng.choice(_CLOSINGS[manner.tone])
    return Story(
        kind=code,
        title=fill(text.title),
        text=fill(text.text),
        source=text.source,
        hours=text.hours,
        can_be_anonymous=_can_be_anonymous(script, text),
        publishable=KINDS[code].publishable and not text.reject,
        unit=unit,
        accept=fill(rng.choice(manner.accept)),
        dispatch=fill(rng.choice(manner.dispatch)),
        progress=tuple(fill(step) for step in outcome.progress),
        result=fill(outcome.result),
        reply=reply,
        return_unit=turn.unit,
        return_reason=fill(turn.reason),
        reject=bool(text.reject),
        reject_reason=fill(text.reject or rng.choice(manner.rejects)),
        hold_reason=fill(rng.choice(manner.holds or HOLDS)),
        reopen_reason=fill(rng.choice(phrases.reopen)),
        withdraw_reason=fill(rng.choice(phrases.withdraw)),
        refer_reason=fill(rng.choice(phrases.refer)),
        urge=fill(rng.choice(phrases.urge)),
        comments={stars: fill(rng.choice(said)) for stars, said in COMMENTS[manner.tone].items()},
        slots=slots,
    )


def endings(script: Script, text: Text) -> tuple[Outcome, ...]:
    """The ways in which a report with this text may end."""
    if text.outcomes:
        return text.outcomes
    return tuple(script.outcomes[number] for number in text.endings) or script.outcomes


def _choose(rng: Random) -> str:
    """A kind, the everyday ones more often."""
    codes = tuple(SCRIPTS)
    return rng.choices(codes, weights=[SCRIPTS[code].weight for code in codes])[0]


def _can_be_anonymous(script: Script, text: Text) -> bool:
    """Whoever gives their name, is visited, or speaks as a grid worker is known."""
    return not (script.contact or text.named or text.source == "worker")


def _wrong_turn(rng: Random, *, manner: Manner, unit: str) -> WrongTurn:
    """A unit that it could have gone to by mistake, never the right one."""
    return rng.choice([turn for turn in manner.returns if turn.unit != unit])


def _slots(rng: Random, *, estate: str, building: str, room: str, trade: str) -> dict[str, str]:
    """What stands in the braces. A given value is drawn all the same, so that the rest of the story does not change."""
    storey, flat, number = rng.choice(_FLOORS), rng.randint(1, 4), rng.randint(1, 68)
    invented_estate, day = estate_name(rng), rng.choice(_DAYS)
    building = building or f"{number}号"
    room = room or f"{storey}0{flat}室"
    return {
        "estate": estate or invented_estate,
        "building": building + "号" if building.isdigit() else building,
        "room": room + "室" if room.isdigit() else room,
        "floor": f"{_storey_of(room) or storey}楼",
        "road": road_name(rng),
        "shop": shop_name(rng, trade),
        "day": day,
    }


def _storey_of(room: str) -> str:
    """The storey of a room like 602室 or 1203: all but its last two digits. Empty when it cannot be read."""
    digits = re.search(r"\d{3,4}", room)
    return digits[0][:-2] if digits else ""
