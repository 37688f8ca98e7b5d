"""What the words already give for the form, taken as said."""

from __future__ import annotations

import pytest

from assistant.workorder.slots import Slots, load_slots
from kb.text.rulefiles import RuleFiles


@pytest.fixture(scope="module")
def slots(rule_files: RuleFiles) -> Slots:
    return load_slots(rule_files)


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("电话138 1234 5678", "联系电话", "13812345678"),
        ("电话138-1234-5678", "联系电话", "13812345678"),
        ("打１３８１２３４５６７８", "联系电话", "13812345678"),
        ("座机 010-12345678", "联系电话", "01012345678"),
        ("户号是 1234567890", "户号", "1234567890"),
        ("户号：1234 5678 9012 3", "户号", "1234567890123"),
        ("我的是5100123456789,查一下", "户号", "5100123456789"),
        ("户名是张三丰,查一下", "户名", "张三丰"),
        ("我叫王小明，想问电费", "联系人", "王小明"),
        ("免贵姓李", "联系人", "李"),
        ("家住幸福小区3栋2单元501室没电", "用电地址", "幸福小区3栋2单元501室"),
        ("昨天下午3点停的电", "发生时间", "昨天下午3点"),
        ("2026年11月20日8点半跳的闸", "发生时间", "2026年11月20日8点半"),
        ("多扣了 128.50 元", "金额", "128.50"),
        ("工单号是 20261120001", "原工单编号", "20261120001"),
    ],
)
def test_a_slot_is_read_off(slots: Slots, said: str, slot: str, value: str) -> None:
    found = slots.extract(said)[slot]
    assert found.endswith(value) if slot == "用电地址" else found == value


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("电话12345", "联系电话"),
        ("卡号6222020200112233445", "联系电话"),
        ("卡号6222020200112233445", "户号"),
        ("一度电多少元", "金额"),
        ("没电了", "用电地址"),
        ("家里没电了", "用电地址"),
        ("线路烧了", "用电地址"),
        ("我姓名写错了", "户名"),
        ("换了几个月", "发生时间"),
    ],
)
def test_a_neighbour_is_not(slots: Slots, said: str, slot: str) -> None:
    assert slot not in slots.extract(said)


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("我这没电了,打13812345678找我", "户号"),
        ("姓名写错了", "联系人"),
    ],
)
def test_what_only_looks_like_a_slot_is_not_one(slots: Slots, said: str, slot: str) -> None:
    assert slot not in slots.extract(said)


@pytest.mark.parametrize(
    ("said", "slot", "part"),
    [
        ("户号330145678,查一下", "户号", "9位"),
        ("户号我记得是33014567,后面忘了", "户号", "8位"),
        ("我手机号是1381234567", "联系电话", "10位"),
        ("我在四川省成都市,电费怎么交", "用电地址", "外省"),
    ],
)
def test_what_cannot_be_right_is_said_and_not_taken(slots: Slots, said: str, slot: str, part: str) -> None:
    assert part in slots.doubts(said)[slot]
    assert slot not in slots.extract(said) or slot == "用电地址"


@pytest.mark.parametrize(
    "said", ["户号3301456789", "电话13812345678", "户号在哪里看", "我住幸福路12号", "王四川家没电"]
)
def test_what_is_right_raises_no_doubt(slots: Slots, said: str) -> None:
    assert slots.doubts(said) == {}


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("幺三八 零零零零 一二三四", "联系电话", "13800001234"),
        ("户号五一零二三三四四五五六六七", "户号", "5102334455667"),
        ("电话不对，改成13755550123", "联系电话", "13755550123"),
        ("多收了一百二十三块四", "金额", "123.4"),
        ("申请编号是 BZ20261108002", "申请编号", "BZ20261108002"),
        ("户主登记的是我爸，叫董长贵", "户名", "董长贵"),
    ],
)
def test_numbers_read_aloud_and_names_in_passing(slots: Slots, said: str, slot: str, value: str) -> None:
    assert slots.extract(said)[slot] == value


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("催费员的电话13812340000是你们的吗", "联系电话"),
        ("明天上午能来吗", "发生时间"),
        ("晚上十点以后便宜吗", "发生时间"),
        ("欠了几十块", "金额"),
        ("第二块表", "金额"),
        ("订单号是889900112233", "户号"),
        ("我叫你们来修", "联系人"),
    ],
)
def test_somebody_elses_and_something_elses_is_left(slots: Slots, said: str, slot: str) -> None:
    assert slot not in slots.extract(said)


def test_nothing_said_gives_nothing(slots: Slots) -> None:
    assert slots.extract("") == {}
    assert slots.extract("\ud83d\x00") == {}
