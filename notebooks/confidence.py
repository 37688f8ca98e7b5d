# %% [markdown]
# # 置信度与切点
# 显示的百分数是校准过的概率：说 80 % 的答案里应有八成是对的。切点在开发集上按错答率选定，不手调。

# %%
from assistant.cli.measuring import gold_set
from assistant.runtime import open_runtime
from assistant.settings import load_settings
from eval.gold import GoldSet
from eval.measures import MEASURES, figure
from eval.metrics.ece import reliability
from eval.metrics.risk_coverage import risk_coverage
from eval.plots import reliability_plot, risk_plot
from eval.runner import run
from eval.showing import Grid, Picture
from eval.slices import slices
from eval.summary import show, summary_rows
from eval.verdicts import confidence_rows

SAMPLE = 100
dev = gold_set("dev")
gold = GoldSet(name="dev-前段", questions=dev.questions[:SAMPLE])
with open_runtime(load_settings()) as runtime:
    made = run(runtime.assistant, gold)
    cuts = runtime.ranker.cuts
print(f"高档从 {cuts.high:.3f} 起，中档从 {cuts.medium:.3f} 起")

# %%
wanted = ("ece", "brier", "aurc", "answer_rate", "wrong_answer_rate", "wrong_in_high", "no_answer_rate")
figures = [figure(measure, made.outcomes) for measure in MEASURES if measure.name in wanted]
table = Grid(("指标", "值", "下限", "上限", "n"), [row.cells() for row in summary_rows(figures)])
print(table)

# %% [markdown]
# ## 可靠性图
# 点在对角线上＝说多少就准多少；在线下＝太自信。

# %%
rows = confidence_rows(made.outcomes)
reliable = Picture(reliability_plot(reliability(rows), "可靠性图"))
reliable

# %% [markdown]
# ## 风险—作答曲线
# 只答最有把握的一部分时，其中答错的比例。

# %%
risk = Picture(risk_plot(risk_coverage(rows), "风险—作答比例"))
risk

# %% [markdown]
# ## 每一档

# %%
bands = Grid(
    ("档位", "题数", "首位命中"),
    [(part.key, part.n, show(part.estimates["hit@1"].value, "share")) for part in slices(made.outcomes, "band")],
)
print(bands)
