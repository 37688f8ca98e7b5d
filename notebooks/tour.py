# %% [markdown]
# # 知识里有什么
# 当前发布的典型问答、制度条款与护栏：多少、分布、一条的全貌。

# %%
from collections import Counter

from assistant.runtime import open_runtime
from assistant.settings import load_settings
from eval.showing import Grid

with open_runtime(load_settings()) as runtime:
    catalogue = runtime.library.shelf.catalogue
entries = list(catalogue.entries.values())
kinds = Grid(("类型", "条数"), Counter(entry.kind for entry in entries).most_common())
print(kinds)

# %% [markdown]
# ## 类别
# 一条可以属于两个类别，按主类别计。

# %%
categories = Grid(
    ("主类别", "条数"), Counter(entry.categories[0] for entry in entries if entry.categories).most_common()
)
print(categories)

# %% [markdown]
# ## 每条有多少种说法
# 相似问越多、越口语，越容易被问到。

# %%
phrasings = sorted((len(entry.phrasings), entry.entry_id, entry.question) for entry in entries if entry.branches)
fewest = Grid(("说法数", "编号", "标准问"), phrasings[:10])
print(fewest)

# %% [markdown]
# ## 制度条款

# %%
documents = Counter(found.document.title for found in catalogue.passages.values())
passages = Grid(("文件", "段落数"), documents.most_common())
print(passages)

# %% [markdown]
# ## 一条典型问答的全貌

# %%
one = max(entries, key=lambda entry: (len(entry.branches), entry.entry_id))
branches = Grid(("适用条件", "答案"), [(dict(branch.when), branch.answer) for branch in one.branches])
print(one.entry_id, one.question, one.phrasings[:3])
print(branches)
