"""Whether somebody who signed in has shown a second factor."""

from collections.abc import Mapping
from typing import Any


def signed_in_twice(session: Mapping[str, Any]) -> bool:
    """Whether this session was signed in with a second factor."""
    methods = session.get("account_authentication_methods", [])
    return any(entry.get("method") == "mfa" for entry in methods)
