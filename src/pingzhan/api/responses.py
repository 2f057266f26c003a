"""The errors that operations can answer, for the OpenAPI document."""

from typing import Any

from pingzhan.api.schemas.problems import Problem


def answers(success: dict[int, Any], *errors: int) -> dict[int, Any]:
    """The responses of an operation: what it answers when it goes well, and the errors it may answer.

    422 goes without saying; openapi.complete drops it where nothing can be wrong.
    """
    return {**success, **dict.fromkeys(sorted({422, *errors}), Problem)}


# Reading something within one's area; doing something there; sending a body.
READ = (401, 404)
STAFF = (401, 403, 404)
BODY = (400, 413, 415)
WRITE = (*BODY, 409)
