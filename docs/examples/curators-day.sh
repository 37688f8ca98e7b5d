#!/usr/bin/env bash
# 知识采编的一天：导入、改好、送审、发布、改词典、被门禁拦下、回滚。
# 用法：docs/examples/curators-day.sh 新的数据目录        （ZHIDA 可以写成别的启动方式）
# 采编 li 写，审核 wang 批；每条命令前面印出命令，失败的退出码也印出来。
set -uo pipefail
FILES="$(cd "$(dirname "$0")" && pwd)/curators-day"
DATA="${1:?用法：curators-day.sh 新的数据目录}"
[ -e "$DATA/zhida.sqlite3" ] && { echo "目录里已有知识：$DATA"; exit 2; }
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT
cp "$FILES"/* "$WORK"
mkdir -p "$DATA"
DATA="$(cd "$DATA" && pwd)"
cd "$WORK" || exit 2
export COLUMNS=100 ZHIDA_DATA="$DATA"

exec 3>&1
say() { printf '\n# %s\n' "$1"; }
zhida() {
  printf '$ zhida %s\n' "$*" >&3
  ${ZHIDA:-zhida} "$@" 2>&1
  local code=$?
  [ $code -eq 0 ] || printf '（退出码 %s）\n' $code
  return 0
}

say "一个空的知识库，采编 li 和审核 wang，三道自己的黄金题"
zhida init --empty
zhida user add li --role curator
zhida user add wang --role reviewer
mkdir -p "$DATA/gold" && cp 黄金题.jsonl "$DATA/gold/"

say "早上来了一张表：先看会怎样，不写入"
zhida entry import 早上来的表.csv --as li --dry-run

say "照提示改好，再导入；都是草稿，还不会被答出"
zhida entry import 改好的表.csv --as li
zhida suggest 电费怎么交

say "送审；采编自己批不了，审核人批准后发布"
zhida entry submit --all --as li
zhida entry approve --all --as li
zhida entry approve --all --as wang
zhida release publish --as wang --note 第一批
zhida suggest 电费怎么交

say "坐席说客户管电表叫铁疙瘩：加一个同义词，先检查、预览"
zhida rules show synonyms.tsv --bundled > 自带的.txt
{ printf '# 来源：11 月坐席反馈\n# 生效：2026-11-01\n'; cat 自带的.txt; printf '铁疙瘩\t电能表\t->\n'; } > 同义词.tsv
zhida rules check synonyms.tsv 同义词.tsv
zhida rules preview synonyms.tsv 同义词.tsv

say "存成草稿，由审核人应用；下一句话就按它答"
zhida rules set synonyms.tsv 同义词.tsv --as li --reason 客户这样叫
zhida rules apply synonyms.tsv --version 1 --as wang
zhida suggest 铁疙瘩咋校验

say "下午改错了一条：黄金题变差，门禁不让发布"
zhida entry import 下午改错的表.csv --as li
zhida entry submit D1 --as li
zhida entry approve D1 --as wang
zhida release publish --as wang

say "取回原来的内容，连同新口径一起发布"
zhida entry restore D1 --version 1 --as li --reason 改错了
zhida entry import 口径改动.csv --as li
zhida entry diff D2
zhida entry submit --all --as li
zhida entry approve --all --as wang
zhida release publish --as wang --note 校表改为3个工作日

say "新口径弄早了：看两版差在哪里，一条命令回到上一版"
zhida release diff 1 2
zhida release rollback 1 --as wang --reason 新口径下月才执行
zhida suggest 电能表怎么校验
zhida release list

say "词典也能撤销；每一步都在审计链里"
zhida rules undo synonyms.tsv --as wang --reason 先不用这个词
zhida audit verify
