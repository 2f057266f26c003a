"""Documents to print, sign and file: one description, written as PDF or as a Word document.

A paper knows nothing of what it tells: it is a title and blocks. The PDF carries its fonts, cut to the letters used, so
that Chinese prints alike everywhere. The libraries are loaded with the first paper: most processes never write one.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

PDF_TYPE = "application/pdf"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; line breaks stay."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is what, a row each."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` in percent of the page."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG, at most `width` centimetres wide."""

    content: bytes
    caption: str = ""
    width: float = 7.0


Block = Heading | Text | Facts | Table | Picture


@dataclass(frozen=True, slots=True)
class Paper:
    """`foot` stands below the last block: when and by whom it was printed."""

    title: str
    subtitle: str
    blocks: Sequence[Block]
    foot: str = ""


# --- PDF ------------------------------------------------------------------------------------------------------------

_CSS = """
body { font-family: sans-serif; font-size: 10pt; line-height: 1.45; }
h1 { font-size: 18pt; text-align: center; margin: 0 0 2pt 0; }
h2 { font-size: 12pt; margin: 10pt 0 3pt 0; }
p { margin: 2pt 0; }
p.sub { text-align: center; margin-bottom: 8pt; }
p.small, p.foot { font-size: 8.5pt; color: #444; font-family: monospace; }
table { width: 100%; border-collapse: collapse; margin: 3pt 0; }
td, th { border: 0.5pt solid #888; padding: 2.5pt 4pt; text-align: left; vertical-align: top; }
th { background-color: #eef3f3; }
"""
_MARGIN = 48.0  # points
_POINTS_A_CM = 72 / 2.54


def to_pdf(paper: Paper) -> bytes:
    """The paper as PDF, A4, pages numbered."""
    import pymupdf

    archive = pymupdf.Archive()
    story = pymupdf.Story(html=_html(paper, archive), user_css=_CSS, archive=archive)
    raw = io.BytesIO()
    writer = pymupdf.DocumentWriter(raw)
    sheet = pymupdf.paper_rect("a4")
    frame = pymupdf.Rect(_MARGIN, _MARGIN, sheet.width - _MARGIN, sheet.height - _MARGIN)
    more = True
    while more:
        device = writer.begin_page(sheet)
        more, _filled = story.place(frame)
        story.draw(device)
        writer.end_page()
    writer.close()
    document = pymupdf.open("pdf", raw.getvalue())
    for number, page in enumerate(document, 1):
        page.insert_text((sheet.width / 2 - 12, sheet.height - 24), f"{number} / {document.page_count}", fontsize=8)
    document.subset_fonts()
    document.set_metadata({"title": paper.title, "producer": "Pingzhan"})
    return bytes(document.tobytes(garbage=4, deflate=True))


def _html(paper: Paper, archive: Any) -> str:
    parts = [f"<h1>{escape(paper.title)}</h1><p class='sub'>{escape(paper.subtitle)}</p>"]
    for number, block in enumerate(paper.blocks):
        match block:
            case Heading(text):
                parts.append(f"<h2>{escape(text)}</h2>")
            case Text(text, small):
                parts.append(f"<p{' class=small' if small else ''}>{_lines(text)}</p>")
            case Facts(rows):
                cells = "".join(f"<tr><th width='18%'>{escape(k)}</th><td>{_lines(v)}</td></tr>" for k, v in rows)
                parts.append(f"<table>{cells}</table>")
            case Table(head, rows, widths):
                parts.append(_table_html(head, rows, widths))
            case Picture(content, caption, width):
                archive.add(content, f"{number}.jpg")
                parts.append(f"<p><img src='{number}.jpg' width='{width * _POINTS_A_CM:.0f}'/></p>")
                parts.append(f"<p class='small'>{escape(caption)}</p>")
    return "".join(parts) + f"<p class='foot'>{escape(paper.foot)}</p>"


def _table_html(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> str:
    top = "".join(f"<th width='{width}%'>{escape(text)}</th>" for text, width in zip(head, widths, strict=True))
    body = "".join("<tr>" + "".join(f"<td>{_lines(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


# --- Word -----------------------------------------------------------------------------------------------------------

_FONT = "宋体"  # untranslated: the name of a font that every Chinese office has


def to_docx(paper: Paper) -> bytes:
    """The paper as a Word document, A4, to be worked on further."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    _centred(document, paper.title, Pt(18), bold=True)
    _centred(document, paper.subtitle, Pt(10.5), bold=False)
    for block in paper.blocks:
        match block:
            case Heading(text):
                run = document.add_paragraph().add_run(_clean(text))
                run.bold, run.font.size = True, Pt(12)
            case Text(text, small):
                run = document.add_paragraph().add_run(_clean(text))
                run.font.size = Pt(9 if small else 10.5)
            case Facts(rows):
                _table_docx(document, [], rows, [18, 82])
            case Table(head, rows, widths):
                _table_docx(document, head, rows, widths)
            case Picture(content, caption, width):
                document.add_picture(io.BytesIO(content), width=Cm(width))
                document.add_paragraph(_clean(caption))
    document.add_paragraph().add_run(_clean(paper.foot)).font.size = Pt(9)
    document.core_properties.title = _clean(paper.title)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _centred(document: Any, text: str, size: Any, *, bold: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(_clean(text))
    run.bold, run.font.size = bold, size


def _table_docx(document: Any, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    from docx.shared import Cm

    everything = [*([head] if head else []), *rows]
    table = document.add_table(rows=len(everything), cols=len(widths), style="Table Grid")
    for line, (cells, values) in enumerate(zip(table.rows, everything, strict=True)):
        for column, (cell, value) in enumerate(zip(cells.cells, values, strict=True)):
            cell.width = Cm(17 * widths[column] / 100)
            run = cell.paragraphs[0].add_run(_clean(value))
            run.bold = bool(head) and line == 0


def _clean(text: str) -> str:
    """Without the control characters that XML does not take."""
    return "".join(letter for letter in text if letter in "\n\t" or ord(letter) >= 32)
