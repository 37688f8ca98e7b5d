"""Which labels gold may carry: the taxonomy in force, or the labels of docs/guide/labelling.md when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eval.errors import LabelsInvalid
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

TAXONOMY = "taxonomy.toml"
CALL_TYPES = ("查询", "咨询", "报修", "投诉", "举报", "意见", "建议", "表扬", "服务申请", "催办")
CONSULT = (
    *("计量装置", "停电信息", "用电业务", "收费标准", "电价电费", "法律法规", "公司文件", "服务规范", "企业信息"),
    *("用电常识", "用电技术", "专业咨询", "用电市场", "能效管理", "其他咨询"),
)
QUERY = ("客户档案查询", "电价电费查询", "计量装置查询", "在办流程查询", "供用电合同查询", "其他查询")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Legal call types and categories."""

    call_types: frozenset[str]
    categories: frozenset[str]


DEFAULT_LABELS = Labels(call_types=frozenset(CALL_TYPES), categories=frozenset(CONSULT + QUERY))


def load_labels(rules: RuleFiles | None = None) -> Labels:
    """Read the labels of `taxonomy.toml` (data folder first, then the bundled one); without one, `DEFAULT_LABELS`.

    Raises:
        LabelsInvalid: the taxonomy is there but names no call type or no category.
        RuleFileInvalid: it does not parse.
    """
    files = rules or RuleFiles()
    try:
        files.path(TAXONOMY)
    except RuleFileInvalid:
        return DEFAULT_LABELS
    data = files.toml(TAXONOMY)
    call_types = _keys(data, "call_types")
    categories = _keys(data, "consult") | _keys(data, "query")
    if not call_types or not categories:
        raise LabelsInvalid(f"{TAXONOMY} 里没有业务类型或类别", hint="需要 [call_types]、[consult]、[query] 三节")
    return Labels(call_types=call_types, categories=categories)


def _keys(data: Mapping[str, object], section: str) -> frozenset[str]:
    table = data.get(section)
    return frozenset(map(str, table)) if isinstance(table, dict) else frozenset()
