"""The skills catalogue, and the proofs of who has a skill."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import digest_of, record
from pingzhan.people.models import PersonSkill, Skill


@dataclass(frozen=True, slots=True)
class SkillRow:
    """One line of the catalogue; a group has no parent."""

    code: str
    parent: str
    name: str
    name_en: str = ""
    wants_proof: bool = False


@transaction.atomic
def load_skills(*, rows: Iterable[SkillRow], path: str, by: Actor, at: datetime) -> int:
    """Put the catalogue as `rows` say, groups first; what is not among them stays. Returns how many are new."""
    require(by, Permission.LIST_KEEP, path)
    known = set(Skill.objects.order_by("code").values_list("code", flat=True))
    new = 0
    for position, row in enumerate(rows):
        values = {"name": row.name, "name_en": row.name_en, "wants_proof": row.wants_proof, "position": position}
        if row.code in known:
            Skill.objects.filter(pk=row.code).update(parent_id=row.parent or None, until=None, **values)
        else:
            Skill.objects.create(code=row.code, parent_id=row.parent or None, **values)
            new += 1
    record(verb="skill.load", by=by, at=at, subject_type="skill", subject_id=uuid7(at), place_path=path, new=new)
    return new


@transaction.atomic
def put_skill(
    *, code: str, parent: str, name: str, name_en: str, wants_proof: bool, path: str, by: Actor, at: datetime,
    ended: bool = False,
) -> Skill:  # fmt: skip
    """Enter a skill, or set one right; `ended` takes it off the list, those who have it keep it."""
    require(by, Permission.LIST_KEEP, path)
    if not name.strip() or "\x00" in code + parent + name + name_en:
        raise _invalid("name", _("请填写名称"))
    above = Skill.objects.filter(pk=parent, parent__isnull=True).first() if parent else None
    if parent and above is None:
        raise _invalid("parent", _("没有这个大类"))
    skill = Skill.objects.filter(pk=code).first() if code else None
    if skill is None:
        skill = Skill(code=f"{parent or 'group'}.{uuid7(at).hex[-12:]}", position=Skill.objects.count())
    skill.parent, skill.name, skill.name_en = above, name.strip()[:60], name_en.strip()[:80]
    skill.wants_proof, skill.until = wants_proof, at if ended else None
    skill.save()
    record(
        verb="skill.put", by=by, at=at, subject_type="skill", subject_id=uuid7(at), place_path=path, code=skill.code,
        ended=ended, name_digest=digest_of(skill.name),
    )  # fmt: skip
    return skill


@transaction.atomic
def prove_skill(
    *, skill: PersonSkill, proof: str, until: date | None, path: str, by: Actor, at: datetime
) -> PersonSkill:
    """Somebody of the community has seen the licence; what it is called is kept, no number and no copy."""
    require(by, Permission.MEMBER_VET, path)
    if not proof.strip() or "\x00" in proof:
        raise _invalid("proof", _("请写明看过什么证明，例如：执业医师证"))
    skill.proof, skill.proof_until = proof.strip()[:120], until
    skill.proved_at, skill.proved_by_id = at, by.user_id
    skill.save(update_fields=["proof", "proof_until", "proved_at", "proved_by"])
    record(
        verb="skill.prove", by=by, at=at, subject_type="person", subject_id=skill.person_id, place_path=path,
        skill=skill.skill_id, until=until,
    )  # fmt: skip
    return skill


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
