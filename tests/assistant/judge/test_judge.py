"""Classifiers: probabilities, ties, storage; categories joined with what was retrieved."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from assistant.judge.judge import MAX_CATEGORIES, Judge, load_judge
from assistant.judge.linear import PART, LinearClassifier, Panel, features_of, load_classifier, save_classifier
from assistant.judge.taxonomy import Taxonomy, load_taxonomy
from kb.domain.errors import RuleFileInvalid
from kb.domain.suggestion import Scored
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, Tokens


@pytest.fixture(scope="module")
def taxonomy(rule_files: RuleFiles) -> Taxonomy:
    return load_taxonomy(rule_files)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge()


def tokens(analyser: Analyser, said: str) -> Tokens:
    return analyser.query(analyser.normalise(said))


def model(*labels: str, weight: float = 4.0) -> LinearClassifier:
    """Label i is what the i-th word speaks for."""
    words = {"w:停电": 0, "w:电价": 1}
    weights = np.eye(2, len(labels), dtype=np.float32) * weight
    return LinearClassifier(
        labels=labels,
        vocabulary=words,
        idf=np.ones(2, dtype=np.float32),
        weights=weights,
        bias=np.zeros(len(labels), dtype=np.float32),
        temperature=1.0,
    )


def test_probabilities_sum_to_one_and_ties_keep_label_order(analyser: Analyser) -> None:
    scored = model("甲", "乙", "丙", "丁").classify(tokens(analyser, "您好"))
    assert [item.label for item in scored] == ["甲", "乙", "丙", "丁"]
    assert {item.confidence for item in scored} == {0.25}
    assert model("甲", "乙").classify(tokens(analyser, "电价"))[0].label == "乙"


def test_a_type_that_sets_something_in_motion_is_taken_only_at_even_odds(
    analyser: Analyser, taxonomy: Taxonomy
) -> None:
    def heard(weight: float) -> Scored:
        judge = Judge(model("举报", "咨询", "查询", weight=weight), model("电价电费"), model("N01"))
        return judge.judge(tokens(analyser, "停电"), {}, taxonomy).call_type

    assert heard(0.5).label == "咨询"
    assert heard(0.5).confidence < 0.3
    assert heard(3.0).label == "举报"


def test_who_may_be_complaining_is_not_heard_as_praising(analyser: Analyser, taxonomy: Taxonomy) -> None:
    judge = Judge(model("投诉", "表扬", "咨询", weight=0.5), model("电价电费"), model("N01"))
    assert judge.judge(tokens(analyser, "停电"), {}, taxonomy).call_type.label == "咨询"
    praised = Judge(model("表扬", "投诉", "咨询", weight=0.5), model("电价电费"), model("N01"))
    assert praised.judge(tokens(analyser, "停电"), {}, taxonomy).call_type.label == "表扬"


@pytest.mark.parametrize("said", ["", "停电了电价多少", "没有人学过的话😀"])
def test_a_panel_hears_what_each_classifier_hears_alone(analyser: Analyser, said: str) -> None:
    bundled = [load_classifier(name) for name in ("call_type", "category", "rule")]
    features = features_of(tokens(analyser, said))
    assert Panel(bundled).score(features) == [one.score(features) for one in bundled]


def test_kinds_of_one_label_count_together(analyser: Analyser) -> None:
    scored = model("咨询/N04", "报修", "咨询/N07", weight=0.0).classify(tokens(analyser, "停电"))
    assert [(item.label, item.confidence) for item in scored] == [("咨询", 0.6667), ("报修", 0.3333)]


def test_a_word_heard_wrong_still_sounds_right(analyser: Analyser) -> None:
    heard, meant = (set(features_of(tokens(analyser, said))) for said in ("我家停店了", "我家停电了"))
    assert {name for name in heard & meant if name.startswith("y:")}


def test_an_order_is_as_likely_as_the_rules_that_file_one(judge: Judge, analyser: Analyser, taxonomy: Taxonomy) -> None:
    for said, likely in (("我要投诉你们抄表员", True), ("居民电价怎么算", False)):
        assert (judge.judge(tokens(analyser, said), {}, taxonomy).needs_order > 0.5) is likely


def test_what_was_heard_before_does_not_stick(judge: Judge, analyser: Analyser, taxonomy: Taxonomy) -> None:
    outage, price = tokens(analyser, "没电了快来修"), tokens(analyser, "居民电价怎么算")
    alone = [judge.judge(one, {}, taxonomy) for one in (outage, price)]
    assert [judge.judge(one, {}, taxonomy) for one in (price, outage, price)] == [alone[1], alone[0], alone[1]]
    assert judge.expected(outage) != judge.expected(price)


def test_a_classifier_comes_back_from_its_files(analyser: Analyser, tmp_path: Path) -> None:
    before = model("停电信息", "电价电费")
    save_classifier(before, tmp_path, "t", {"seed": 1})
    after = load_classifier("t", tmp_path)
    for said in ("停电", "电价", "停电电价", "您好"):
        assert after.classify(tokens(analyser, said)) == before.classify(tokens(analyser, said))
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".safetensors"}


def test_broken_or_unfitting_files_are_refused(tmp_path: Path) -> None:
    save_classifier(model("甲", "乙"), tmp_path, "t", {})
    head = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    (tmp_path / "t.json").write_text(json.dumps({**head, "labels": ["甲"]}), encoding="utf-8")
    with pytest.raises(RuleFileInvalid, match="尺寸"):
        load_classifier("t", tmp_path)
    (tmp_path / "t.safetensors").write_bytes(b"junk")
    with pytest.raises(RuleFileInvalid, match="读不出来"):
        load_classifier("t", tmp_path)
    with pytest.raises(RuleFileInvalid, match="读不出来"):
        load_classifier("missing", tmp_path)


def test_features_are_words_bigrams_and_a_capped_length(analyser: Analyser) -> None:
    assert "w:停电" in features_of(tokens(analyser, "停电"))
    assert features_of(tokens(analyser, "停电" * 100))[-1] == "length:5"


@pytest.mark.parametrize(("name", "labels"), [("call_type", 10), ("category", 21)])
def test_bundled_models_know_every_label(name: str, labels: int, taxonomy: Taxonomy) -> None:
    known = {label.split(PART)[0] for label in load_classifier(name).labels}
    wanted = set(taxonomy.call_types) if name == "call_type" else set(taxonomy.categories)
    assert len(wanted) == labels
    assert known <= wanted


def test_the_taxonomy_is_the_sheets(taxonomy: Taxonomy) -> None:
    assert (len(taxonomy.consult), len(taxonomy.query), len(taxonomy.categories)) == (15, 6, 21)
    assert set(taxonomy.tree) == set(taxonomy.categories)
    assert set(taxonomy.synonyms.values()) <= set(taxonomy.categories)
    assert not set(taxonomy.synonyms) & set(taxonomy.categories)


@pytest.mark.parametrize("said", ["我要投诉抄表员态度恶劣", "帮我查一下上个月的电费", "居民电价怎么算", "没电了快来修"])
def test_categories_follow_the_call_type(judge: Judge, analyser: Analyser, taxonomy: Taxonomy, said: str) -> None:
    verdict = judge.judge(tokens(analyser, said), {}, taxonomy)
    allowed = taxonomy.query if verdict.call_type.label == "查询" else taxonomy.consult
    assert 1 <= len(verdict.categories) <= MAX_CATEGORIES
    assert all(item.label in allowed for item in verdict.categories)


def fixed(analyser: Analyser, taxonomy: Taxonomy, said: str, retrieved: dict[str, float]) -> list[str]:
    made = Judge(model("咨询"), model("停电信息", "电价电费", weight=2.0), model("N01"))
    return [item.label for item in made.judge(tokens(analyser, said), retrieved, taxonomy).categories]


def test_what_was_retrieved_counts_as_far_as_it_is_certain(analyser: Analyser, taxonomy: Taxonomy) -> None:
    assert fixed(analyser, taxonomy, "停电", {})[0] == "停电信息"
    assert fixed(analyser, taxonomy, "您好", {"电价电费": 0.95})[0] == "电价电费"
    assert fixed(analyser, taxonomy, "停电", {"电价电费": 0.05})[0] == "停电信息"


def test_a_query_category_never_leaks_into_a_consultation(analyser: Analyser, taxonomy: Taxonomy) -> None:
    assert "客户档案查询" not in fixed(analyser, taxonomy, "停电", {"客户档案查询": 0.99})


def test_loading_needs_no_pickle(tmp_path: Path) -> None:
    save_classifier(model("甲", "乙"), tmp_path, "t", {})
    arrays = load_file(tmp_path / "t.safetensors")
    assert set(arrays) == {"idf", "weights", "bias"}
    save_file({key: value for key, value in arrays.items() if key != "bias"}, tmp_path / "t.safetensors")
    with pytest.raises(RuleFileInvalid):
        load_classifier("t", tmp_path)
