"""Reading what callers send: strict JSON, or a form with a JSON part and pictures."""

import base64
import binascii
import hashlib
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.params.models import Body, BodyModel
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from pingzhan.api.problems import BadRequest, TooLarge, UnknownMediaType
from pingzhan.api.schemas.matters import PictureIn
from pingzhan.core.errors import Invalid

MULTIPART = "multipart/form-data"
# All pictures at their largest, and the JSON beside them.
MOST_BYTES = settings.UPLOAD_MAX_BYTES * settings.UPLOAD_MAX_FILES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
MOST_DEPTH = 20
JSON_PART, FILES_PART = "data", "attachments"
# What an operation says of the files of its form; see openapi.complete.
PICTURES = {"x-multipart": {"kinds": "image/*", "most": settings.UPLOAD_MAX_FILES}}
WORKBOOK = {
    "x-multipart": {"kinds": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, text/csv", "most": 1}
}


class PlainRenderer(JSONRenderer):
    """JSON with Chinese as it is written."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class StrictParser(Parser):
    """Query strings without NUL, which PostgreSQL does not take in text."""

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for name, values in data.lists():
            if any(isinstance(value, str) and "\x00" in value for value in (name, *values)):
                raise _invalid(["query", name], _("含有无法识别的字符"))
        return dict(super().parse_querydict(data, list_fields, request))


class _StrictBody(BodyModel):
    """The parsed body, also kept as `request.content` in one canonical form for comparing repeated requests."""

    @classmethod
    def get_request_data(cls, request: Any, api: NinjaAPI, path_params: dict[str, Any]) -> dict[str, Any] | None:
        kind = request.content_type or ""
        declared = request.META.get("CONTENT_LENGTH") or "0"
        if not declared.isdecimal():
            raise BadRequest
        if int(declared[:20]) > MOST_BYTES:
            raise TooLarge
        if kind == MULTIPART:
            raw = request.POST.get(JSON_PART, "").encode(errors="replace")
            request.uploads = request.FILES.getlist(FILES_PART)
            _no_other_parts(request)
        else:
            raw, request.uploads = request.body, []
            if raw and kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
                raise UnknownMediaType(_("请以 application/json 提交"))
        if not raw.strip():
            request.content = _canonical(None, request.uploads)
            return None
        parsed = read_json(raw)
        request.content = _canonical(parsed, request.uploads)
        return {cls.__read_from_single_attr__: parsed}


class JsonBody(Body):  # type: ignore[misc]  # ninja's own parameters inherit in the same way
    """A parameter that is the JSON body; operations that take pictures also take it as the part "data" of a form."""

    _model = _StrictBody

    @classmethod
    def _param_source(cls) -> str:
        return "body"


def json_body(default: Any = ...) -> Any:
    """Declares a parameter that is the JSON body; `default` stands for a body left out, without one it is needed."""
    return JsonBody(default)


def read_json(raw: bytes) -> Any:
    """The value of a JSON text (RFC 8259, UTF-8). Raises BadRequest when it is none, Invalid for what is no text."""
    try:
        parsed = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    _check_text(parsed, ["body"])
    return parsed


def _unreadable() -> BadRequest:
    return BadRequest(_("提交的内容不是有效的 JSON"))


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _check_text(value: Any, where: list[str | int]) -> None:
    """Raise Invalid for text that no database keeps: NUL, and surrogates without their other half.

    Raises BadRequest for what is nested deeper than anything that is taken, before somebody else's stack is too short.
    """
    if len(where) > MOST_DEPTH:
        raise _unreadable()
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise _invalid(where, _("含有无法识别的字符"))
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_text(name, where)
            _check_text(member, [*where, name])
    elif isinstance(value, list):
        for position, member in enumerate(value):
            _check_text(member, [*where, position])


def _no_other_parts(request: HttpRequest) -> None:
    """A picture sent as text, or under another name, must not get lost without a word."""
    other = sorted({*request.FILES} - {FILES_PART} | {*request.POST} - {JSON_PART})
    if other:
        raise _invalid(["body", other[0]], _("表单只能包含 data（JSON）和 attachments（照片文件）"))


def _canonical(parsed: Any, uploads: Sequence[Any]) -> bytes:
    """What the request says, whatever the order of its members and the boundaries of its form."""
    text = json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return text + b"".join(_digest(upload) for upload in uploads)


def _digest(upload: Any) -> bytes:
    hashed = hashlib.sha256()
    for chunk in upload.chunks():
        hashed.update(chunk)
    upload.seek(0)
    return hashed.digest()


class PictureUpload(io.BytesIO):
    """A picture that came inside of the JSON, to be read like an uploaded file."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.size = len(content)


def pictures_of(request: Any, inside: Sequence[PictureIn]) -> list[Any]:
    """The pictures that came with a request: files of the form, then those inside of the JSON."""
    return [*request.uploads, *(_decoded(picture.content, position) for position, picture in enumerate(inside))]


def _decoded(content: str, position: int) -> PictureUpload:
    """A base64 picture; raises Invalid naming its place in `attachments`."""
    plain = decoded(content)
    if plain is None:
        raise _invalid(["body", "attachments", position, "content"], _("照片内容不是有效的 base64"))
    return PictureUpload(plain)


def decoded(content: str) -> bytes | None:
    """What a base64 text says (RFC 4648, also with a "data:" head); None when it is none."""
    plain = content.partition(",")[2] if content.startswith("data:") else content
    try:
        return base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        return None


def _invalid(where: list[str | int], message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": where, "msg": message}])
