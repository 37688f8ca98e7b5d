"""Policy as a PDF with running header, footer and page numbers, as printed regulations have them."""

from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

from tools.corpus.policy import COMPANY, Policy

FONT = "STSong-Light"
_TITLE = ParagraphStyle("title", fontName=FONT, fontSize=20, leading=30, alignment=TA_CENTER, spaceAfter=8)
_LINE = ParagraphStyle("line", fontName=FONT, fontSize=10.5, leading=17, alignment=TA_CENTER)
_CHAPTER = ParagraphStyle(
    "chapter", fontName=FONT, fontSize=14, leading=24, alignment=TA_CENTER, spaceBefore=10, keepWithNext=1
)
_CLAUSE = ParagraphStyle("clause", fontName=FONT, fontSize=10.5, leading=18, firstLineIndent=21, wordWrap="CJK")


def write_pdf(policy: Policy, path: Path) -> None:
    """Write `policy` to `path` with the built-in CID font, so that text extractors see Unicode."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    document = SimpleDocTemplate(
        str(path),
        pagesize=A4,
        leftMargin=25 * mm,
        rightMargin=25 * mm,
        topMargin=28 * mm,
        bottomMargin=25 * mm,
        title=policy.title,
        author=COMPANY,
        subject=policy.number,
        invariant=1,
    )

    def frame(canvas: Canvas, _document: object) -> None:
        _frame(canvas, policy)

    document.build(_story(policy), onFirstPage=frame, onLaterPages=frame)


def _story(policy: Policy) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(escape(policy.title), _TITLE)]
    story += [Paragraph(escape(line), _LINE) for line in (COMPANY, *policy.masthead)]
    for chapter in policy.chapters:
        story.append(Paragraph(escape(chapter.title), _CHAPTER))
        story += [Paragraph(escape(f"{clause.label}　{clause.text}"), _CLAUSE) for clause in chapter.clauses]
    return story


def _frame(canvas: Canvas, policy: Policy) -> None:
    width, height = A4
    canvas.saveState()
    canvas.setFont(FONT, 9)
    canvas.drawString(25 * mm, height - 18 * mm, COMPANY)
    canvas.drawRightString(width - 25 * mm, height - 18 * mm, policy.title)
    canvas.line(25 * mm, height - 20 * mm, width - 25 * mm, height - 20 * mm)
    canvas.drawCentredString(width / 2, 14 * mm, f"— {canvas.getPageNumber()} —")
    canvas.restoreState()
