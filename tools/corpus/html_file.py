"""Web pages as a company site serves them: navigation, breadcrumb and footer around the content."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from tools.corpus.policy import COMPANY, Policy

_NAV = ("首页", "停电信息", "电价电费", "办事指南", "政策法规", "服务网点", "联系我们")
_FOOTER = (
    f"版权所有 © {COMPANY}　供电服务热线：95598",
    "网站地图 | 隐私政策 | 无障碍浏览 | 法律声明",
    "建议使用网上国网办理业务，谨防仿冒网站和陌生链接",
)


def write_page(path: Path, title: str, crumbs: Iterable[str], content: str) -> None:
    """Wrap `content` (already HTML) in the site's frame and write it as UTF-8."""
    links = "\n".join(f'      <li><a href="#">{item}</a></li>' for item in _NAV)
    trail = " &gt; ".join(escape(crumb) for crumb in crumbs)
    footer = "\n".join(f"    <p>{escape(line)}</p>" for line in _FOOTER)
    page = f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
  <meta charset="utf-8">
  <title>{escape(title)} - {COMPANY}</title>
</head>
<body>
  <header>
    <div class="logo">{COMPANY}</div>
    <nav>
    <ul>
{links}
    </ul>
    </nav>
  </header>
  <div class="breadcrumb">您的位置：{trail}</div>
  <main>
{content}
  </main>
  <aside class="related"><h4>热门服务</h4><p>我要交费　我要报修　用电过户　电费账单</p></aside>
  <footer>
{footer}
  </footer>
</body>
</html>
"""
    path.write_text(page, encoding="utf-8", newline="\n")


def write_policy_html(policy: Policy, path: Path) -> None:
    """Write a policy as a page of the company's site."""
    lines = [f"    <h1>{escape(policy.title)}</h1>"]
    lines += [f'    <p class="meta">{escape(line)}</p>' for line in (f"发布单位：{COMPANY}", *policy.masthead)]
    for chapter in policy.chapters:
        lines.append(f"    <h2>{escape(chapter.title)}</h2>")
        lines += [f"    <p><b>{clause.label}</b>　{escape(clause.text)}</p>" for clause in chapter.clauses]
    write_page(path, policy.title, ("首页", "政策法规", policy.title), "\n".join(lines))


def write_markdown(policy: Policy, path: Path) -> None:
    """Write a policy as plain markdown, the way a department would keep it."""
    lines = [f"# {policy.title}", "", COMPANY, ""]
    for line in policy.masthead:
        lines += [line, ""]
    for chapter in policy.chapters:
        lines += [f"## {chapter.title}", ""]
        for clause in chapter.clauses:
            lines += [f"**{clause.label}**　{clause.text}", ""]
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
