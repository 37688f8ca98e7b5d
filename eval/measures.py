"""The table of figures: each measure's name, Chinese label, one-line definition, direction, and how it is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from eval import statistics as st
from eval import verdicts as rows
from eval.metrics import (
    accuracy,
    answering,
    aurc,
    brier,
    ece,
    f1,
    forbidden,
    hit,
    must_ask,
    ndcg,
    precision_recall,
    recall,
    reciprocal_rank,
    wrong_answer,
)
from eval.metrics import wrong_in_high as high
from eval.outcome import Outcome
from eval.statistics import Estimate

Outcomes = Sequence[Outcome]
Better = Literal["up", "down"]
Unit = Literal["share", "score", "ms", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure. `unit`: share (0-1, shown as %), score (0-1), ms, or count."""

    name: str
    label: str
    note: str
    compute: Callable[[Outcomes], Estimate]
    better: Better = "up"
    unit: Unit = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value with its 95 % interval; `value` is `None` when nothing could be measured (`n` = 0)."""

    name: str
    label: str
    note: str
    better: Better
    unit: Unit
    value: float | None
    low: float | None
    high: float | None
    n: int


def figures(outcomes: Outcomes) -> tuple[Figure, ...]:
    """Return every measure of the outcomes, in the order of `MEASURES`."""
    return tuple(figure(measure, outcomes) for measure in MEASURES)


def figure(measure: Measure, outcomes: Outcomes) -> Figure:
    """Return one measure of the outcomes."""
    found = measure.compute(outcomes)
    return Figure(
        name=measure.name,
        label=measure.label,
        note=measure.note,
        better=measure.better,
        unit=measure.unit,
        value=found.value,
        low=found.low,
        high=found.high,
        n=found.n,
    )


def _failures(outcomes: Outcomes) -> Estimate:
    return Estimate(value=float(sum(o.error is not None for o in outcomes)), low=None, high=None, n=len(outcomes))


def _took(share: float) -> Callable[[Outcomes], Estimate]:
    def compute(outcomes: Outcomes) -> Estimate:
        times = [o.took_ms for o in outcomes if o.error is None]
        return Estimate(value=st.percentile(times, share), low=None, high=None, n=len(times))

    return compute


MEASURES = (
    Measure(
        name="hit@1",
        label="首位命中率 hit@1",
        note="有可答知识的题中，排第一的候选是标准答案之一的比例",
        compute=lambda o: st.proportion(hit.hits(rows.ranked_rows(o), 1)),
    ),
    Measure(
        name="hit@3",
        label="前三命中率 hit@3",
        note="有可答知识的题中，前三个候选里有标准答案的比例",
        compute=lambda o: st.proportion(hit.hits(rows.ranked_rows(o), 3)),
    ),
    Measure(
        name="mrr",
        label="平均倒数排名 MRR",
        note="有可答知识的题中，第一个标准答案排名的倒数的平均，候选最多十个，未排上记 0",
        unit="score",
        compute=lambda o: st.mean(reciprocal_rank.reciprocal_ranks(rows.ranked_rows(o))),
    ),
    Measure(
        name="recall@3",
        label="前三召回率 recall@3",
        note="有可答知识的题中，标准答案（可有多个）排进前三的比例的平均",
        compute=lambda o: st.mean(recall.recalls(rows.ranked_rows(o))),
    ),
    Measure(
        name="ndcg@10",
        label="nDCG@10",
        note="有可答知识的题中，候选排名与理想排名之比，标准答案都在最前为 1",
        unit="score",
        compute=lambda o: st.mean(ndcg.ndcgs(rows.ranked_rows(o))),
    ),
    Measure(
        name="answer_rate",
        label="作答率",
        note="有可答知识的题中，给出了答案的比例（不论对错）",
        compute=lambda o: st.proportion(answering.answered(rows.answer_rows(o))),
    ),
    Measure(
        name="no_answer_rate",
        label="无可答时不答率",
        note="没有可答知识的题中，没有给出答案的比例",
        compute=lambda o: st.proportion(answering.kept_silent(rows.answer_rows(o))),
    ),
    Measure(
        name="wrong_answer_rate",
        label="错答率",
        note="给出了答案的题中，第一个答案不对的比例（不该答的也算错）",
        better="down",
        compute=lambda o: st.proportion(wrong_answer.wrong_answers(rows.shown_rows(o))),
    ),
    Measure(
        name="wrong_in_high",
        label="高把握错答率",
        note="高档位给出的答案中，第一个答案不对的比例（不该答的也算错）",
        better="down",
        compute=lambda o: st.proportion(high.wrong_trials(rows.shown_rows(o))),
    ),
    Measure(
        name="forbidden_rate",
        label="禁用内容率",
        note="返回了护栏、内部知识或当日无效内容的题的比例（只进候选也算）",
        better="down",
        compute=lambda o: st.proportion(forbidden.violations(rows.forbidden_rows(o))),
    ),
    Measure(
        name="call_type_accuracy",
        label="业务类型准确率",
        note="业务类型与标注一致的比例",
        compute=lambda o: st.proportion(accuracy.matches(rows.call_type_rows(o))),
    ),
    Measure(
        name="call_type_macro_f1",
        label="业务类型宏平均 F1",
        note="各业务类型 F1 的平均，少见的类型同样重要",
        unit="score",
        compute=lambda o: st.bootstrap(rows.call_type_rows(o), f1.macro_f1),
    ),
    Measure(
        name="call_type_weighted_f1",
        label="业务类型加权 F1",
        note="各业务类型 F1 按题数加权的平均",
        unit="score",
        compute=lambda o: st.bootstrap(rows.call_type_rows(o), f1.weighted_f1),
    ),
    Measure(
        name="category_accuracy",
        label="类别准确率（主类别）",
        note="预测的第一个类别等于标注的主类别的比例",
        compute=lambda o: st.proportion(accuracy.matches(rows.category_rows(o))),
    ),
    Measure(
        name="category_any_accuracy",
        label="类别准确率（任一）",
        note="预测的第一个类别是标注的类别之一的比例",
        compute=lambda o: st.proportion(accuracy.matches_any(rows.any_category_rows(o))),
    ),
    Measure(
        name="category_macro_f1",
        label="类别宏平均 F1",
        note="各类别 F1 的平均（按主类别）",
        unit="score",
        compute=lambda o: st.bootstrap(rows.category_rows(o), f1.macro_f1),
    ),
    Measure(
        name="category_weighted_f1",
        label="类别加权 F1",
        note="各类别 F1 按题数加权的平均（按主类别）",
        unit="score",
        compute=lambda o: st.bootstrap(rows.category_rows(o), f1.weighted_f1),
    ),
    Measure(
        name="work_order_precision",
        label="工单精确率",
        note="判为要开工单的题中，确实要开的比例",
        compute=lambda o: st.proportion(precision_recall.of_predicted(rows.work_order_rows(o))),
    ),
    Measure(
        name="work_order_recall",
        label="工单召回率",
        note="确实要开工单的题中，判为要开的比例",
        compute=lambda o: st.proportion(precision_recall.of_gold(rows.work_order_rows(o))),
    ),
    Measure(
        name="must_ask_recall",
        label="必问召回率",
        note="不先问清就会答错的事实中，提示去问的比例（n 为事实数）",
        compute=lambda o: st.proportion(must_ask.gold_trials(rows.fact_rows(o))),
    ),
    Measure(
        name="must_ask_precision",
        label="必问精确率",
        note="提示去问的事实中，确实必问的比例（n 为事实数）",
        compute=lambda o: st.proportion(must_ask.asked_trials(rows.fact_rows(o))),
    ),
    Measure(
        name="ece",
        label="校准误差 ECE",
        note="首位候选的置信度与实际正确率之差，十个等宽区间加权平均",
        better="down",
        unit="score",
        compute=lambda o: st.bootstrap(rows.confidence_rows(o), ece.ece),
    ),
    Measure(
        name="brier",
        label="Brier 分",
        note="首位候选的置信度与对错（1/0）之差的平方的平均",
        better="down",
        unit="score",
        compute=lambda o: st.mean(brier.squared_errors(rows.confidence_rows(o))),
    ),
    Measure(
        name="aurc",
        label="风险—作答面积 AURC",
        note="按置信度由高到低作答，错答比例的平均；错的都排在最后时最低",
        better="down",
        unit="score",
        compute=lambda o: st.bootstrap(rows.confidence_rows(o), aurc.aurc),
    ),
    Measure(
        name="took_p50",
        label="耗时中位数",
        note="一次建议的耗时，逐题依次运行，不含出错的题",
        better="down",
        unit="ms",
        compute=_took(0.5),
    ),
    Measure(
        name="took_p99",
        label="耗时 99 分位",
        note="一次建议的耗时，逐题依次运行，不含出错的题",
        better="down",
        unit="ms",
        compute=_took(0.99),
    ),
    Measure(
        name="errors",
        label="出错题数",
        note="运行出错的题数；在其他各项里一律按未做对计",
        better="down",
        unit="count",
        compute=_failures,
    ),
)
