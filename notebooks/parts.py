# %% [markdown]
# # 检索的每一部分各带来多少
# 逐一关掉排序器的一组特征（不重新训练），看首位命中率与平均倒数排名少多少。能互相替代的部分，单独关掉时显得不那么要紧。

# %%
from assistant.ablation import PARTS, without
from assistant.cli.measuring import gold_set
from assistant.runtime import open_runtime
from assistant.settings import load_settings
from eval.compare import compare
from eval.gold import GoldSet
from eval.runner import run
from eval.showing import Grid
from eval.summary import CHANGE_COLUMNS, change_rows
from eval.variants.robustness import sample

SAMPLE = 40
gold = GoldSet(name="dev-抽样", questions=sample(gold_set("dev").questions, SAMPLE))
with open_runtime(load_settings()) as runtime:
    whole = run(runtime.assistant, gold)
    blinded = {name: run(without(runtime, features), gold) for name, features in PARTS.items()}

# %% [markdown]
# ## 关掉一部分，少多少
# p 是 McNemar 检验，题少时再大的差也可能是巧合。

# %%
compared = {name: compare(whole, made) for name, made in blinded.items()}
changes = Grid(
    ("关掉", *CHANGE_COLUMNS),
    [(name, *row) for name, found in compared.items() for row in change_rows(found)[:1]],
)
print(changes)

# %% [markdown]
# ## 因此答错的题

# %%
lost = Grid(
    ("关掉", "客户的话", "之前", "之后"),
    [
        (name, shift.text, shift.before, shift.after)
        for name, found in compared.items()
        for shift in found.shifts
        if shift.verdict == "hit@1" and not shift.gained
    ][:15],
)
print(lost)
