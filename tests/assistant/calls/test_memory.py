"""A call remembers the question before, however it is typed, and never grows a chain."""

from __future__ import annotations

from assistant.calls.memory import KEPT, CallMemory, Said


def said(words: str, before: Said | None = None) -> Said:
    return Said(words=words, full=words, facts={}, before=before)


def asked(memory: CallMemory, words: str, call: str = "c") -> str | None:
    before = memory.before("zhang", call, words)
    memory.keep("zhang", call, said(words, before))
    return before.full if before else None


def test_typing_on_is_one_question() -> None:
    memory = CallMemory()
    assert [asked(memory, words) for words in ("居", "居民", "居民电价")] == [None, None, None]
    assert [asked(memory, words) for words in ("那", "那商", "那商业的呢", "那商业")] == ["居民电价"] * 4


def test_deleting_a_question_forgets_nothing_of_it() -> None:
    memory = CallMemory()
    for words in ("居民电价", "居民", "居"):
        asked(memory, words)
    assert asked(memory, "那商业的呢") == "居民电价"


def test_calls_and_accounts_do_not_mix() -> None:
    memory = CallMemory()
    asked(memory, "居民电价")
    assert memory.before("zhang", "other", "那商业的呢") is None
    assert memory.before("li", "c", "那商业的呢") is None


def test_only_one_question_before_is_kept() -> None:
    memory = CallMemory()
    for words in ("一", "二", "三", "四"):
        asked(memory, words)
    last = memory.before("zhang", "c", "五")
    assert last is not None
    assert last.full == "四"
    assert last.before is not None
    assert last.before.before is None


def test_the_oldest_call_is_forgotten() -> None:
    memory = CallMemory()
    for number in range(KEPT + 1):
        memory.keep("zhang", f"c{number}", said("电价"))
    assert memory.before("zhang", "c0", "那商业的呢") is None
    assert memory.before("zhang", f"c{KEPT}", "那商业的呢") is not None
