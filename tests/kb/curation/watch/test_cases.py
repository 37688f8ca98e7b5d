"""「首问语规范」 against 「首问语不规范」: two tellings of one case, read from files, do not go together."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ingest.parse import parse_file
from kb.curation.watch import singles
from kb.curation.watch.claims import ClaimReader, fold
from kb.curation.watch.comparing import Comparer
from kb.curation.watch.contradictions import contradictions
from kb.curation.watch.judging import Judging
from kb.curation.watch.nearby import Pair
from kb.curation.watch.profiles import Profiler
from kb.curation.watch.subjects import guard_subject, spoken_subject
from kb.curation.watch.types import Finding
from kb.curation.watch.weighing import Weigher
from kb.curation.watch.weights import Weights
from kb.domain.codec import entry_from_dict, entry_to_dict
from kb.domain.knowledge import Entry
from tests.ingest.conftest import CATEGORIES
from tests.kb.curation.watch.watching import MEANING, RULES

SEEDS = Path(__file__).resolve().parents[5] / "shared" / "seeds"
CASE = """案例2:客户咨询充电服务费 坐席人员:您好，请讲。 客户:充电服务费怎么又涨了，你们想收多少收多少。
坐席人员:这是上头定的，我也没办法。 客户:你们真不讲理。
案例分析:
(1)语言能力:首问语{how}，服务过程中缺少十字礼貌用语，语气生硬。
(2)业务能力:充电服务费由运营商在规定的上限以内自定，坐席人员业务知识不熟，给客户错误的答复。
(3)主动能力:应告知客户服务费上限和公示的地方，并主动安抚客户。
"""


def guards(path: Path) -> list[Entry]:
    parsed = parse_file(path, name=path.name, categories=CATEGORIES, today=dt.date(2026, 11, 22))
    return [entry for entry in parsed.entries if entry.guard is not None]


def found_among(entries: list[Entry]) -> list[Finding]:
    read = ClaimReader(RULES)
    subjects = [guard_subject(entry) for entry in entries]
    claims = {subject.subject_id: read(subject) for subject in subjects}
    known = {subject.subject_id: subject for subject in subjects}
    weights = Weights(RULES.grams(fold(subject.text)) for subject in subjects)
    pairs = [
        Pair(one=a.subject_id, other=b.subject_id, asked=1.0, answered=0.0)
        for number, a in enumerate(subjects)
        for b in subjects[number + 1 :]
        if a.title == b.title
    ]
    judging = Judging(
        comparer=Comparer(rules=RULES, weigher=Weigher(weights, RULES.scales, MEANING)),
        profiler=Profiler(RULES, MEANING),
        subjects=known,
        read=claims.__getitem__,
    )
    return list(contradictions(judging(pairs), RULES))


def first_words(findings: list[Finding]) -> list[set[str]]:
    return [{side.said.partition("，")[0].partition(",")[0] for side in finding.sides} for finding in findings]


def test_two_tellings_of_one_case_do_not_go_together(tmp_path: Path) -> None:
    entries = []
    for name, how in (("甲.txt", "规范"), ("乙.txt", "不规范")):
        path = tmp_path / name
        path.write_text(CASE.format(how=how), encoding="utf-8")
        entries += guards(path)
    assert any(
        "语言能力:首问语规范" in words or "首问语规范" in str(words) for words in first_words(found_among(entries))
    )
    assert found_among([entry for entry in entries if entry.guard and "不规范" in entry.guard.analysis]) == []


def test_the_analysis_of_a_case_survives_export_and_is_not_empty(tmp_path: Path) -> None:
    path = tmp_path / "甲.txt"
    path.write_text(CASE.format(how="规范"), encoding="utf-8")
    for entry in guards(path):
        assert entry.guard is not None
        assert "首问语规范" in entry.guard.analysis + entry.guard.why
        assert entry.guard.utterance not in entry.guard.analysis
        assert entry_from_dict(entry_to_dict(entry)) == entry


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"没有种子文件：{SEEDS}")
def test_the_seeds_contradict_each_other_about_the_first_words() -> None:
    entries = [guard for name in ("000", "003") for path in SEEDS.glob(f"{name}*.txt") for guard in guards(path)]
    said = [words for words in first_words(found_among(entries)) if any("首问语" in word for word in words)]
    assert any("不规范" in str(words) for words in said)
    lacking = singles.missing_figures([spoken_subject(entry) for entry in entries], RULES)
    assert any("每度电元" in finding.sides[0].said for finding in lacking)
    assert any(any("首问语规范" in word for word in words) for words in said)
