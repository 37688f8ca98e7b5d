"""Policy as a Word document: heading styles for the title and the chapters, one paragraph per clause."""

from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from tools.corpus.office_zip import normalise
from tools.corpus.policy import COMPANY, Policy


def write_docx(policy: Policy, path: Path) -> None:
    """Write `policy` to `path`; the page header carries the company, the footer the document number."""
    word = Document()
    _fonts(word)
    section = word.sections[0]
    section.header.paragraphs[0].text = f"{COMPANY}　{policy.title}"
    section.footer.paragraphs[0].text = policy.number
    word.add_heading(policy.title, level=0)
    for line in (COMPANY, *policy.masthead):
        word.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for chapter in policy.chapters:
        word.add_heading(chapter.title, level=1)
        for clause in chapter.clauses:
            paragraph = word.add_paragraph()
            paragraph.add_run(clause.label).bold = True
            paragraph.add_run(f"　{clause.text}")
    properties = word.core_properties
    properties.title, properties.author, properties.subject = policy.title, COMPANY, policy.number
    properties.comments = ""
    word.save(str(path))
    normalise(path)


def _fonts(word: WordDocument) -> None:
    for name, size in (("Normal", 11), ("Title", 20), ("Heading 1", 14)):
        style = word.styles[name]
        style.font.name = "宋体"
        style.font.size = Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), "宋体")
