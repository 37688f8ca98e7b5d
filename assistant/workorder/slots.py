"""What the caller's words already give for the order form, and which numbers cannot be right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.errors import RequestInvalid
from assistant.judge.words import compile_all
from assistant.workorder.address import AddressReader
from assistant.workorder.digits import DigitReader
from kb.text.normalise import printable
from kb.text.rulefiles import RuleFiles

FILE = "slots.toml"
ACCOUNT, PHONE, ADDRESS, TIME, MONEY = "户号", "联系电话", "用电地址", "发生时间", "金额"
NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3}|两)"
END = r"(?=[,，。；;、！!？?\s]|$|[的他她]|户号|电话|手机|地址|住)"
HOLE = "＿"
MOBILE = 11
RULES_OF = {ACCOUNT: "户号是10位或13位数字", PHONE: "手机号11位，固定电话带区号10到12位，本地座机7或8位"}


class Slots:
    """Extraction rules in force."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._digits = DigitReader(data["digits"]["fillers"])
        self._corrected = re.compile("|".join(data["digits"]["corrections"]))
        self._account, self._phone = data["account"], data["phone"]
        self._named_account, self._bare_account = _compiled(self._account, "named"), _compiled(self._account, "bare")
        self._phones, self._named_phone = _compiled(self._phone, "patterns"), _compiled(self._phone, "named")
        self._money = _compiled(data["money"], "patterns")
        self._not_account, self._not_phone, self._not_money = compile_all(
            (self._account["not_after"], self._phone["not_after"], data["money"]["not_after"]), FILE
        )
        self._address = AddressReader(data["address"], FILE)
        self._foreign_doubt = str(data["address"]["doubt"])
        self._times, self._future = _times(data["time"])
        self._texts = {
            slot: compile_all([_with_names(pattern, data["names"]) for pattern in patterns], FILE)
            for slot, patterns in data["slots"].items()
        }

    def extract(self, said: str) -> dict[str, str]:
        """Return slot -> value: numbers joined and in digits, everything else as said."""
        return self._read(self._digits(_folded(said)))[0]

    def doubts(self, said: str) -> dict[str, str]:
        """Return slot -> what to tell the caller about a value that cannot be right (a 户号 with a digit missing)."""
        text = self._digits(_folded(said))
        found, wrong = self._read(text)
        doubts = {}
        for slot, rule in ((ACCOUNT, self._account), (PHONE, self._phone)):
            if slot in wrong and slot not in found:
                doubts[slot] = rule["doubt"].format(digits=len(wrong[slot]))
        if self._address.foreign(text):
            doubts[ADDRESS] = self._foreign_doubt
        return doubts

    def checked(self, slot: str, value: str) -> str:
        """Return a field as an agent wrote it; a 户号 or phone becomes plain digits.

        Raises:
            RequestInvalid: a 户号 or mobile phone of a wrong length.
        """
        if slot not in (ACCOUNT, PHONE):
            return value.strip()
        digits = re.sub(r"\D", "", self._digits(_folded(value)))
        good = len(digits) in self._account["lengths"] if slot == ACCOUNT else _is_phone(digits)
        if not good:
            raise RequestInvalid(f"{slot}的位数不对", hint=RULES_OF[slot])
        return digits

    def _read(self, text: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return what was found and what was named but has a wrong length; each stretch of text is read once."""
        found: dict[str, str] = {}
        wrong: dict[str, str] = {}
        rest = self._texts_in(text, ("申请编号", "原工单编号"), found)
        rest = self._numbers(rest, found, wrong)
        for slot in ("户名", "联系人"):
            self._texts_in(rest, (slot,), found)
        address = self._address.read(rest)
        if address:
            found[ADDRESS] = address
            rest = rest.replace(address, HOLE)
        self._time(rest, found)
        self._amount(rest, found)
        return found, wrong

    def _texts_in(self, text: str, slots: Sequence[str], found: dict[str, str]) -> str:
        for slot in slots:
            match = next((hit for pattern in self._texts[slot] if (hit := pattern.search(text))), None)
            if match:
                found[slot] = match[1].strip()
                text = text[: match.start(1)] + HOLE * len(match[1]) + text[match.end(1) :]
        return text

    def _numbers(self, text: str, found: dict[str, str], wrong: dict[str, str]) -> str:
        """Read 户号 called so, then phones, then 户号 that only look like one."""
        text = self._account_in(text, self._named_account, found, wrong)
        text = self._phone_in(text, found, wrong)
        if ACCOUNT not in found:
            text = self._account_in(text, self._bare_account, found, wrong)
        return text

    def _account_in(
        self, text: str, patterns: Sequence[re.Pattern[str]], found: dict[str, str], wrong: dict[str, str]
    ) -> str:
        named = patterns is self._named_account
        hits = [m for p in patterns for m in p.finditer(text)]
        if not named:
            hits = [m for m in hits if not self._not_account.search(text[: m.start(1)])]
        good = [m for m in hits if len(m[1]) in self._account["lengths"]]
        if not good and hits and named:
            wrong[ACCOUNT] = hits[0][1]
            return text[: hits[0].start(1)] + HOLE + text[hits[0].end(1) :] if len(hits[0][1]) != MOBILE else text
        if good:
            match = good[-1] if self._corrected.search(text) else good[0]
            if named and self._corrected.search(text[match.end() :]):
                return text  # 户号不是…是…: the number named is the one taken back
            found[ACCOUNT] = match[1]
            return text.replace(match[1], HOLE)
        return text

    def _phone_in(self, text: str, found: dict[str, str], wrong: dict[str, str]) -> str:
        hits = [m for p in self._phones for m in p.finditer(text) if not self._not_phone.search(text[: m.start()])]
        if hits:
            taken = hits[-1] if self._corrected.search(text) else hits[0]
            found[PHONE] = taken[1].replace("-", "")
        for pattern in self._phones:
            text = pattern.sub(HOLE, text)
        named = next((m for p in self._named_phone if (m := p.search(text))), None)
        if named and len(named[1]) != MOBILE:
            wrong[PHONE] = named[1]
        return text

    def _time(self, text: str, found: dict[str, str]) -> None:
        text = self._future.sub(HOLE, text)
        match = next((hit for pattern in self._times if (hit := pattern.search(text))), None)
        if match:
            found[TIME] = match[1]

    def _amount(self, text: str, found: dict[str, str]) -> None:
        for match in (m for pattern in self._money for m in pattern.finditer(text)):
            if not self._not_money.search(text[: match.start()]):
                found[MONEY] = match[1] + (f".{self._digits_of(match[2])}" if match[2] else "")
                return

    def _digits_of(self, char: str) -> str:
        return char if char.isdigit() else str("零一二三四五六七八九".find(char.replace("两", "二")))


def _is_phone(digits: str) -> bool:
    """Whether so many digits can be a phone: a mobile, a landline with its area code, a local number."""
    mobile = len(digits) == MOBILE and digits[0] == "1" and digits[1] in "3456789"
    return (
        mobile
        or (digits[:1] == "0" and 10 <= len(digits) <= 12)
        or (digits[:1] not in ("0", "1") and 7 <= len(digits) <= 8)
    )


def _folded(said: str) -> str:
    return unicodedata.normalize("NFKC", printable(said))


def _compiled(rule: Mapping[str, Any], key: str) -> tuple[re.Pattern[str], ...]:
    return compile_all(rule[key], FILE)


def _with_names(pattern: str, names: Mapping[str, Any]) -> str:
    surname = f"(?:{'|'.join(names['compound'])}|[{names['surnames']}])"
    unit = rf"[\u4e00-\u9fffA-Za-z]{{1,18}}?(?:{'|'.join(names['units'])})"
    for hole, value in (
        ("<人名>", rf"{surname}[\u4e00-\u9fff·]{{1,2}}?"),
        ("<单位>", unit),
        ("<称呼>", "|".join(names["titles"])),
        ("<姓>", surname),
        ("<完>", END),
    ):
        pattern = pattern.replace(hole, value)
    return pattern


def _times(data: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], ...], re.Pattern[str]]:
    """Return the patterns of a moment, most telling first, and of moments still to come."""
    day, part, clock = (f"(?:{data[key]})" for key in ("day", "part", "clock"))
    end = f"(?!{data['not_next']})"
    made = (
        rf"((?<![\d个]){day}(?:的?{part})?(?:{clock})?)(?!\d){end}",
        rf"({part}{clock}){end}",
        data["lone_clock"],
        data["lone_day"],
        data["lone_part"],
    )
    patterns = compile_all([pattern.replace("<数>", NUMBER) for pattern in made], FILE)
    future = rf"{data['future']}(?:{part})?(?:{clock})?".replace("<数>", NUMBER)
    return patterns, compile_all((future,), FILE)[0]


def load_slots(files: RuleFiles) -> Slots:
    """Read the extraction rules in force.

    Raises:
        RuleFileInvalid: a pattern does not compile.
    """
    return Slots(files.toml(FILE))
