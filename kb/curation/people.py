"""Which accounts are one person: four eyes need two people, not two accounts."""

from __future__ import annotations

from collections.abc import Callable

from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

FILE = "people.toml"
PersonOf = Callable[[str], str]


def load_people(files: RuleFiles) -> PersonOf:
    """Return the function that names the person behind an account; an account nobody lists is its own person.

    Raises:
        RuleFileInvalid: the table is malformed, or one account belongs to two people.
    """
    owner: dict[str, str] = {}
    table = files.toml(FILE).get("people", {})
    if not isinstance(table, dict):
        raise RuleFileInvalid(f"{FILE} 里的 [people] 应是一个表")
    for person, accounts in table.items():
        if not isinstance(accounts, list) or not all(isinstance(name, str) for name in accounts):
            raise RuleFileInvalid(f"{FILE}：{person} 的账号应是文字列表")
        for name in accounts:
            if owner.setdefault(name, person) != person:
                raise RuleFileInvalid(f"{FILE}：账号 {name} 同时写在 {owner[name]} 和 {person} 名下")
    return lambda account: owner.get(account, account)
