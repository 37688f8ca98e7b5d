# %% [markdown]
# # 最差的题
# 先看最差的组，再看那些题为什么答错，最后看打到第几个字正确答案才出来。

# %%
from assistant.cli.measuring import gold_set
from assistant.runtime import open_runtime
from assistant.settings import load_settings
from eval.gold import GoldSet
from eval.plots import typing_plot
from eval.report import faults
from eval.runner import run
from eval.showing import Grid, Picture
from eval.slices import DIMENSION_LABELS, slices
from eval.summary import show
from eval.variants.typing import typing_curve

SAMPLE, TYPED = 80, 8
gold = GoldSet(name="dev-前段", questions=gold_set("dev").questions[:SAMPLE])
with open_runtime(load_settings()) as runtime:
    made = run(runtime.assistant, gold)
    curve = typing_curve(runtime.assistant, gold, size=TYPED)

# %%
groups = Grid(
    ("分组", "取值", "题数", "首位命中", "95% 区间"),
    [
        (
            DIMENSION_LABELS[name],
            part.key,
            part.n,
            show(e.value, "share"),
            f"{show(e.low, 'share')}–{show(e.high, 'share')}",
        )
        for name in DIMENSION_LABELS
        for part in slices(made.outcomes, name)[:3]
        for e in (part.estimates["hit@1"],)
    ],
)
print(groups)

# %% [markdown]
# ## 错得最多的题，和排第一的是什么、凭什么

# %%
worst = Grid(
    ("客户的话", "没做对", "排第一的", "最像的说法"),
    [
        (
            fault.outcome.question.text,
            "、".join(fault.failed),
            fault.outcome.candidates[0].question if fault.outcome.candidates else "—",
            fault.outcome.candidates[0].why.get("matched", "") if fault.outcome.candidates else "",
        )
        for fault in faults(made.outcomes)[:20]
    ],
)
print(worst)

# %% [markdown]
# ## 逐字输入

# %%
typing = Picture(typing_plot(curve.shares, f"逐字输入（{len(curve.typed)} 题）"))
typing
