"""Which rule and lexicon files curators may change, under which names; the files stay where `RuleFiles` finds them."""

from __future__ import annotations

from collections.abc import Mapping

from kb.domain.errors import NotFound
from kb.text.lexicon import DICTIONARY, SYNONYMS, TEXT

TITLES: Mapping[str, str] = {
    DICTIONARY: "词典",
    SYNONYMS: "同义词",
    TEXT: "口语写法：语气词、异体字、单位、停用词",
    "facts.toml": "事实：要问清的情况",
    "ask.toml": "先问什么",
    "judge.toml": "危险、身份、致歉、拒答与先说的话",
    "script.toml": "话术护栏：不能这样说",
    "workorder.toml": "派单规则：要不要开单、开什么单",
    "forms.toml": "工单表单与流转部门",
    "slots.toml": "工单要素怎么读出来",
    "deadlines.toml": "时限",
    "workdays.toml": "工作日与节假日",
    "taxonomy.toml": "来电类型与分类",
    "tree.toml": "业务树：一通电话放在哪个节点",
    "tables.toml": "价目表怎么读",
    "live.toml": "通话里怎么听",
    "follow.toml": "接着上一句怎么听",
    "requests.toml": "坐席的反馈：环节与时限",
    "learning.toml": "从通话里学：缺口、相似问、停电公告板",
    "watch.toml": "巡查：找矛盾、重复与过时",
}
LINES = frozenset({DICTIONARY, SYNONYMS})


def known_name(name: str) -> str:
    """Return the name of a file that may be changed here.

    Who may do what, which accounts are one person and what counts as personal data are the administrator's files.

    Raises:
        NotFound: no such file, or not one of these.
    """
    if name not in TITLES:
        raise NotFound(f"没有这份规则，或它不在这里改：{name}", hint=f"可用：{'、'.join(TITLES)}")
    return name
