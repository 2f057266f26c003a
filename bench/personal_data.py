"""How much personal data is found in real texts, by a sample marked by hand, beside the patterns used before.

The sample (bench/data/personal_data.csv) holds places and kinds only; the texts are read from `--messages DIR`. Of its
310 texts 150 were drawn at random and 90 among those that a wide net of words caught; the rules were made with these
before the eyes. 70 more ("held out") were drawn and marked after that; docs/performance.md tells how the rules did on
them before anything was mended for them. A
marked place counts as found when all of it is hidden, a finding as right when it touches a marked place. Holders of
public offices (official) and other things marked as such are neither right nor wrong.
"""

import csv
import re
import time
from collections.abc import Callable
from pathlib import Path

from bench.ground import messages_folder, row
from pingzhan.core.personal_data import Kind, find_personal

SAMPLE = Path(__file__).parent / "data" / "personal_data.csv"
NEUTRAL = {"official", "other"}  # nor do shops and offices count as homes, or a building without a room
Found = list[tuple[int, int, str]]

# ruff: noqa: E501
BEFORE = (  # untranslated: the patterns of the first version
    ("id_number", r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])"),
    ("bank_card", r"(?<!\d)\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?:[ -]?\d{1,3})?(?!\d)"),
    ("phone", r"(?<!\d)(?:\+?86[- ]?)?1\d{2}[- ]?\d{4}[- ]?\d{4}(?!\d)"),
    ("phone", r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"),
    ("plate", r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-Z][·\s]?[A-Z0-9]{4,5}[A-Z0-9挂学警港澳]"),
    ("email", r"[\w.+-]+@[\w-]+\.[\w.]+"),
    ("home", r"\d{1,4}\s*(?:号楼|幢|栋|号)\s*(?:\d{1,3}\s*单元)?\s*\d{3,4}\s*(?:室|号|房)?|(?<!\d)\d{3,4}\s*室"),
    ("name", r"(?<=我叫)[\u4e00-\u9fa5]{2,3}|(?<=姓名[:：])\s*[\u4e00-\u9fa5]{2,4}|(?<=联系人[:：])\s*[\u4e00-\u9fa5]{2,4}"),
    ("name", r"[赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹章苏潘葛范彭鲁马方任袁柳史唐薛雷贺汤罗毕郝常于傅顾孟黄萧尹姚邵汪毛戴宋庞熊纪舒屈项董梁杜阮闵季贾江郭梅林钟徐邱骆高夏蔡田胡霍万柯卢莫丁邓洪包石崔龚程裴陆翁荀]某?(?:先生|女士|阿姨|大爷|老伯|师傅|老师|大妈|奶奶|爷爷)"),
)  # fmt: skip


def before(text: str) -> Found:
    return [(m.start(), m.end(), kind) for kind, pattern in BEFORE for m in re.finditer(pattern, text)]


def hidden(text: str) -> Found:
    return [(span.start, span.end, span.kind.value) for span in find_personal(text) if span.sure]


def flagged(text: str) -> Found:
    return [(span.start, span.end, span.kind.value) for span in find_personal(text)]


def marked_texts(folder: Path, *, held_out: bool) -> list[tuple[str, Found]]:
    """The texts of one part of the sample with what is marked in them."""
    texts: dict[tuple[str, str, str], str] = {}
    for name in ("labelled", "answered", "messages"):
        with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
            for line in csv.DictReader(lines):
                for field in ("text", "answer"):
                    texts.setdefault((name, line["id"], field), line.get(field) or "")
    found = []
    with SAMPLE.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            if (line["drawn"] == "held out") != held_out:
                continue
            text = texts[line["file"], line["id"], line["field"]]
            if len(text) != int(line["length"]):
                raise SystemExit(f"the text {line['file']} {line['id']} is not the one that was marked")
            spans = [re.fullmatch(r"(\d+)-(\d+):(\w+)", word) for word in line["spans"].split()]
            found.append((text, [(int(m[1]), int(m[2]), m[3]) for m in spans if m]))
    return found


def score(texts: list[tuple[str, Found]], find: Callable[[str], Found]) -> dict[str, tuple[int, int, int, int]]:
    """Per kind and for "all": marked places, those found, findings, those right."""
    table = {kind: [0, 0, 0, 0] for kind in (*(k.value for k in Kind if k.value not in NEUTRAL), "all")}
    for text, marks in texts:
        spans = find(text)
        covered = {at for start, end, _ in spans for at in range(start, end)}
        for start, end, kind in marks:
            if kind not in NEUTRAL:
                for key in (kind, "all"):
                    table[key][0] += 1
                    table[key][1] += covered.issuperset(range(start, end))
        for start, end, kind in spans:
            touched = {other for s, e, other in marks if start < e and s < end}
            if (touched and touched <= NEUTRAL) or kind in NEUTRAL:
                continue
            for key in (kind, "all"):
                table[key][2] += 1
                table[key][3] += bool(touched)
    return {kind: (a, b, c, d) for kind, (a, b, c, d) in table.items()}


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.0%}" if whole else "–"


def main() -> None:
    folder = messages_folder()
    if folder is None:
        row("personal data", "not measured", detail="no texts: pass --messages DIR")
        return
    seen, held = (marked_texts(folder, held_out=held_out) for held_out in (False, True))
    for part, texts in (("seen", seen), ("held out", held)):
        for name, find in (("before", before), ("hidden", hidden), ("hidden or doubtful", flagged)):
            for kind, (marks, found, findings, right) in score(texts, find).items():
                if marks or findings:
                    row(
                        f"personal data ({part}), {name}: {kind}",
                        f"recall {share(found, marks)}",
                        detail=f"precision {share(right, findings)}",
                    )
    texts = seen + held
    start = time.perf_counter()
    for text, _ in texts:
        find_personal(text)
    each = (time.perf_counter() - start) / len(texts) * 1000
    size = sum(len(text) for text, _ in texts)
    row("personal data, time a text", f"{each:.2f} ms", detail=f"{len(texts)} texts, {size} characters")


if __name__ == "__main__":
    main()
