"""`import kb.*` stays light: the heavy libraries come when they are used, the training ones never."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import kb

ROOT = Path(__file__).resolve().parents[2]
NEVER = ("sklearn", "torch", "pandas", "sentence_transformers", "matplotlib")
LATER = ("faiss", "tantivy", "jieba", "pypinyin", "opencc")


def modules() -> list[str]:
    found = [module.name for module in pkgutil.walk_packages(kb.__path__, "kb.")]
    return [name for name in found if ".migrations" not in name]


def test_importing_everything_loads_nothing_heavy() -> None:
    lines = [*(f"import {name}" for name in modules()), "import sys", "print(*sorted(sys.modules))"]
    code = "\n".join(lines)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {*NEVER, *LATER}
    assert done.stderr == ""


def test_searching_loads_nothing_from_training(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from kb.encode.tfidf_svd import TfidfSvdEncoder
from kb.index.vector import FaissIndex
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import load_analyser
analyser = load_analyser(RuleFiles(), Path(sys.argv[1]))
encoder = TfidfSvdEncoder.fit(analyser, ["电费怎么交", "停电了找谁", "怎么过户"])
FaissIndex.build(encoder.encode(["电费"]))
print(*sorted(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {name.split(".")[0] for name in done.stdout.split()} & set(NEVER)
