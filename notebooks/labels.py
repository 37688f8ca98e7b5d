# %% [markdown]
# # 类别与工单
# 哪些类别互相混淆；工单判断漏在哪里、多开在哪里。

# %%
from assistant.cli.measuring import gold_set
from assistant.runtime import open_runtime
from assistant.settings import load_settings
from eval.gold import GoldSet
from eval.measures import MEASURES, figure
from eval.metrics.confusion import confusion
from eval.metrics.f1 import per_class
from eval.plots import confusion_plot
from eval.runner import run
from eval.showing import Grid, Picture
from eval.summary import show, summary_rows
from eval.verdicts import call_type_rows, category_rows

SAMPLE = 100
gold = GoldSet(name="dev-前段", questions=gold_set("dev").questions[:SAMPLE])
with open_runtime(load_settings()) as runtime:
    made = run(runtime.assistant, gold)

# %%
wanted = ("call_type", "category", "work_order")
figures = [figure(measure, made.outcomes) for measure in MEASURES if measure.name.startswith(wanted)]
table = Grid(("指标", "值", "下限", "上限", "n"), [row.cells() for row in summary_rows(figures)])
print(table)

# %%
types = Picture(confusion_plot(confusion(call_type_rows(made.outcomes)), "业务类型混淆"))
types

# %% [markdown]
# ## 最常见的类别混淆

# %%
mixed = Grid(("标注", "系统判断", "题数"), confusion(category_rows(made.outcomes)).worst(12))
print(mixed)

# %% [markdown]
# ## 逐类

# %%
scores = Grid(
    ("类别", "精确率", "召回率", "F1", "题数"),
    [
        (s.label, show(s.precision, "share"), show(s.recall, "share"), show(s.f1, "score"), s.support)
        for s in per_class(category_rows(made.outcomes))
    ],
)
print(scores)

# %% [markdown]
# ## 该开没开、不该开却开的工单

# %%
orders = Grid(
    ("客户的话", "应当", "依据", "系统", "系统依据"),
    [
        (o.question.text, o.question.needs_work_order, o.question.rule, o.work_order, "、".join(o.rules))
        for o in made.outcomes
        if o.work_order != o.question.needs_work_order
    ][:20],
)
print(orders)
