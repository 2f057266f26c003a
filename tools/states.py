"""Prints the states of a matter from its workflow table into docs/architecture.md.

python -m tools.states            write the diagram between the marks
python -m tools.states --check    change nothing; fail where the page differs
"""

import sys
from pathlib import Path

PAGE = Path("docs/architecture.md")
START, END = "<!-- states -->", "<!-- /states -->"


def diagram() -> str:
    """The state diagram in Mermaid's words: one line a step and state."""
    from pingzhan.matters.choices import Status
    from pingzhan.matters.workflow import TABLE

    order = list(Status)
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> submitted: report"]
    for step, row in TABLE.items():
        for source in sorted(row.sources, key=order.index):
            lines.append(f"    {source.value} --> {(row.in_state(source).target or source).value}: {step.value}")
            if row.otherwise:
                lines.append(f"    {source.value} --> {row.otherwise.value}: {step.value} (no)")
    return "\n".join([*lines, "    archived --> [*]", "```"])


def main() -> int:
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(START)
    tail = rest.partition(END)[2]
    wanted = f"{head}{START}\n{diagram()}\n{END}{tail}"
    if "--check" in sys.argv:
        if wanted != text:
            print(f"{PAGE}: the states are not those of the workflow; run python -m tools.states", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
