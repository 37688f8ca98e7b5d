"""Build the bundled knowledge: text sources in kb/corpus/sources become the office files in kb/corpus/knowledge.

Run as `python -m tools.build_corpus`; `--out DIR` writes elsewhere. The same sources always give the same bytes.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.corpus.answers import write_answers, write_guards, written_in
from tools.corpus.docx_file import write_docx
from tools.corpus.html_file import write_markdown, write_policy_html
from tools.corpus.notices import write_notices
from tools.corpus.pdf_file import write_pdf
from tools.corpus.policy import Policy, SourceError, read_policy
from tools.corpus.power_factor import write_power_factor
from tools.corpus.spoken import spoken_phrasings
from tools.corpus.tariff import write_fees, write_tariff

CORPUS = Path(__file__).resolve().parent.parent / "kb" / "corpus"
WRITERS: dict[str, Callable[[Policy, Path], None]] = {
    "docx": write_docx,
    "pdf": write_pdf,
    "html": write_policy_html,
    "md": write_markdown,
}


def build(sources: Path, out: Path) -> list[str]:
    """Write every bundled file into `out`; return one line of report per file. Raise SourceError on a bad source."""
    out.mkdir(parents=True, exist_ok=True)
    report = [_policy(path, out) for path in sorted((sources / "documents").glob("*.md"))]
    report.append(write_tariff(sources / "tariff" / "tariff.toml", out).name)
    report.append(write_power_factor(sources / "tariff" / "power_factor.toml", out).name)
    report.append(write_fees(sources / "tariff" / "fees.csv", out).name)
    report.append(write_notices(sources / "notices" / "outages.toml", out).name)
    said = spoken_phrasings(sources.parent / "utterances", written_in(sources / "entries"))
    entries = write_answers(sources / "entries", out / "典型问答.xlsx", said)
    report.append(f"典型问答.xlsx: {entries} entries")
    guards = write_guards(sources / "guards.jsonl", out / "不要这样说.xlsx")
    report.append(f"不要这样说.xlsx: {guards} guards" if guards else "不要这样说.xlsx: skipped, no source")
    return report


def _policy(path: Path, out: Path) -> str:
    policy = read_policy(path)
    if policy.format not in WRITERS:
        raise SourceError(f"{path.name}: unknown format {policy.format}")
    WRITERS[policy.format](policy, out / policy.file)
    clauses = sum(len(chapter.clauses) for chapter in policy.chapters)
    return f"{policy.file}: {len(policy.chapters)} chapters, {clauses} clauses"


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and build; 0 on success, 2 on a source that cannot be built."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, default=CORPUS / "sources")
    parser.add_argument("--out", type=Path, default=CORPUS / "knowledge")
    options = parser.parse_args(arguments)
    try:
        report = build(options.sources, options.out)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
