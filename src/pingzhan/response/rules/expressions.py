"""Conditions of plans: comparisons of named live figures, e.g. `matters.today.health >= 20 and not drill`.

    or-expression   :=  and-expression ("or" and-expression)*
    and-expression  :=  not-expression ("and" not-expression)*
    not-expression  :=  "not" not-expression | comparison
    comparison      :=  sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)?
    sum             :=  product (("+" | "-") product)*
    product         :=  atom (("*" | "/") atom)*
    atom            :=  number | name | "(" or-expression ")"

Names are dotted words. Nothing else can be written, so that a plan can compute and do nothing else.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_][\w.]*)|(<=|>=|==|!=|[<>()+\-*/]))")
MOST_CHARACTERS = 400
MOST_DEEP = 30

Number = float
_COMPARE: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


class ExpressionError(ValueError):
    """What is wrong, and at which character (from 0)."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition that was read without an error."""

    text: str
    names: frozenset[str]
    _tree: Any

    def holds(self, figures: Mapping[str, Number]) -> bool:
        """Whether it is true for these figures; a figure that is not known counts as 0."""
        return bool(_value(self._tree, figures))


def parse(text: str) -> Expression:
    """Read a condition; raises ExpressionError."""
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError("too long", MOST_CHARACTERS)
    reader = _Reader(_tokens(text), len(text))
    tree = reader.disjunction(0)
    if reader.peek() is not None:
        raise ExpressionError(f"unexpected {reader.peek()!r}", reader.where())
    return Expression(text, frozenset(reader.names), tree)


def _tokens(text: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionError(f"unexpected {text[at]!r}", at)
        found.append((match[1] or match[2] or match[3], match.end() - len(match[1] or match[2] or match[3])))
        at = match.end()
    return found


class _Reader:
    """Walks over the tokens and builds the tree: nested tuples whose first member names what they are."""

    def __init__(self, tokens: list[tuple[str, int]], end: int) -> None:
        self.tokens, self.end, self.at = tokens, end, 0
        self.names: set[str] = set()

    def peek(self) -> str | None:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else None

    def where(self) -> int:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else self.end

    def take(self, *wanted: str) -> str | None:
        token = self.peek()
        if token in wanted:
            self.at += 1
            return token
        return None

    def disjunction(self, depth: int) -> Any:
        if depth > MOST_DEEP:
            raise ExpressionError("nested too deep", self.where())
        tree = self.conjunction(depth)
        while self.take("or"):
            tree = ("or", tree, self.conjunction(depth))
        return tree

    def conjunction(self, depth: int) -> Any:
        tree = self.negation(depth)
        while self.take("and"):
            tree = ("and", tree, self.negation(depth))
        return tree

    def negation(self, depth: int) -> Any:
        turns = 0
        while self.take("not"):
            turns += 1
        tree = self.comparison(depth)
        return ("not", tree) if turns % 2 else tree

    def comparison(self, depth: int) -> Any:
        left = self.sum(depth)
        sign = self.take(*_COMPARE)
        return (sign, left, self.sum(depth)) if sign else left

    def sum(self, depth: int) -> Any:
        tree = self.product(depth)
        while sign := self.take("+", "-"):
            tree = (sign, tree, self.product(depth))
        return tree

    def product(self, depth: int) -> Any:
        tree = self.atom(depth)
        while sign := self.take("*", "/"):
            tree = (sign, tree, self.atom(depth))
        return tree

    def atom(self, depth: int) -> Any:
        token = self.peek()
        if token is None:
            raise ExpressionError("something is missing at the end", self.end)
        if self.take("("):
            tree = self.disjunction(depth + 1)
            if not self.take(")"):
                raise ExpressionError("a bracket is not closed", self.where())
            return tree
        if token[0].isdigit():
            self.at += 1
            return ("number", float(token))
        if (token[0].isalpha() or token[0] == "_") and token not in {"and", "or", "not"}:
            self.at += 1
            self.names.add(token)
            return ("name", token)
        raise ExpressionError(f"unexpected {token!r}", self.where())


def _value(tree: Any, figures: Mapping[str, Number]) -> Number:
    kind = tree[0]
    if kind == "number":
        return float(tree[1])
    if kind == "name":
        return float(figures.get(tree[1], 0))
    left = _value(tree[1], figures)
    if kind == "not":
        return float(not left)
    if kind == "and":
        return float(bool(left) and bool(_value(tree[2], figures)))
    if kind == "or":
        return float(bool(left) or bool(_value(tree[2], figures)))
    right = _value(tree[2], figures)
    if kind in _COMPARE:
        return float(_COMPARE[kind](left, right))
    if kind == "+":
        return left + right
    if kind == "-":
        return left - right
    if kind == "*":
        return left * right
    return left / right if right else 0.0
