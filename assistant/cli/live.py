"""`zhida live`: play a transcript into a running server, at its own speed or faster, and print what it suggests."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import DataOption, JsonOption, guarded, out

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

LONGEST_WAIT = 30.0
QUIET = 0.4


@guarded
def live(
    file: Annotated[Path, typer.Argument(help='逐行一段：{"at": 秒, "speaker": "caller|agent", "text", "final"}')],
    *,
    url: Annotated[str, typer.Option(help="服务的地址；不写就按设置里的地址和端口", show_default=False)] = "",
    key: Annotated[str, typer.Option(help="接口密钥（zhida user key）", prompt=True, hide_input=True)],
    call: Annotated[str, typer.Option(help="通话编号；不写就新开一通")] = "",
    speed: Annotated[float, typer.Option(help="快多少倍；0 表示不等", min=0)] = 1.0,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一份通话文字按时间放给正在运行的服务，打印它给出的建议；演示和测试用。"""
    from assistant.errors import RequestInvalid
    from assistant.settings import load_settings

    segments, settings = read_segments(file), load_settings(data=data)
    url = url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    try:
        play(segments, url, key, call, speed=speed, as_json=as_json)
    except OSError as error:
        raise RequestInvalid(
            f"连不上 {url}（{type(error).__name__}）", hint="请先启动 zhida serve，并核对 --url"
        ) from None


def read_segments(file: Path) -> list[tuple[float, dict[str, Any]]]:
    """Return (seconds from the start, segment) of a transcript file.

    Raises:
        RequestInvalid: the file cannot be read, or a line is no segment; the message names the line.
    """
    from assistant.calls.live import read_segment
    from assistant.errors import RequestInvalid

    found: list[tuple[float, dict[str, Any]]] = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise RequestInvalid(f"读不了 {file}", hint="应是 UTF-8 编码的 jsonl 文件") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            at = float(data.pop("at", 0.0))
            read_segment(data)
        except (ValueError, TypeError, AttributeError, RequestInvalid):
            raise RequestInvalid(f"{file.name} 第 {number} 行不是一段通话", hint="各字段见 zhida live --help") from None
        found.append((at, data))
    return found


def play(
    segments: list[tuple[float, dict[str, Any]]], url: str, key: str, call: str, *, speed: float, as_json: bool
) -> None:
    """Send segments in time and print what comes back until it has been quiet.

    Raises:
        RequestInvalid: the server refuses the key or the call.
        OSError: the server is away.
    """
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    from assistant.errors import RequestInvalid

    call_id = call or open_call(url, key)
    address = f"{url.replace('http', 'ws', 1)}/api/v1/calls/{call_id}/live"
    try:
        with connect(address, additional_headers={"Authorization": f"Bearer {key}"}) as socket:
            if not as_json:
                out.print(f"通话 {call_id}；坐席页：{url}/?call={call_id}", markup=False, soft_wrap=True)
            started = time.monotonic()
            for at, segment in segments:
                while speed and (left := at / speed - (time.monotonic() - started)) > 0:
                    show(receive(socket, min(left, LONGEST_WAIT)), as_json=as_json)
                socket.send(json.dumps(segment, ensure_ascii=False))
            for message in until_quiet(socket):
                show(message, as_json=as_json)
    except InvalidStatus as refused:
        status = refused.response.status_code
        raise RequestInvalid(f"服务不让进（HTTP {status}）", hint="请核对密钥和通话编号") from None


def open_call(url: str, key: str) -> str:
    """Announce a call and return its id.

    Raises:
        RequestInvalid: the server refuses the key.
        OSError: the server is away.
    """
    import http.client
    from urllib.parse import urlsplit

    from assistant.errors import RequestInvalid

    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.netloc, timeout=10)
    try:
        connection.request("POST", f"{place.path}/api/v1/calls", b"{}", {"Authorization": f"Bearer {key}"})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != http.client.CREATED:
        raise RequestInvalid(f"服务不让开通话（HTTP {response.status}）", hint="密钥的账号要能用坐席页（suggest）")
    return str(json.loads(body)["call_id"])


def receive(socket: ClientConnection, seconds: float) -> dict[str, Any] | None:
    """Return the next message within some seconds."""
    try:
        message = socket.recv(timeout=seconds)
    except TimeoutError:
        return None
    found: dict[str, Any] = json.loads(message)
    return found


def until_quiet(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    """Yield messages until none has come for a while."""
    while (message := receive(socket, QUIET)) is not None:
        yield message


def show(message: dict[str, Any] | None, *, as_json: bool) -> None:
    """Print one message."""
    if message is None:
        return
    if as_json:
        out.print(json.dumps(message, ensure_ascii=False), markup=False, soft_wrap=True, highlight=False)
    elif message["type"] == "segment":
        mark = "" if message["final"] else "……"
        out.print(f"{'客户' if message['speaker'] == 'caller' else '坐席'}：{message['text']}{mark}", markup=False)
    elif message["type"] == "suggestion":
        suggestion = message["suggestion"]
        first = suggestion["answers"][0]["answer"] if suggestion["answers"] else "（没有把握的答案）"
        out.print(f"  → {suggestion['band']} {suggestion['call_type']['label']}：{first}", markup=False)
    else:
        out.print(f"  ! {message['message']}", markup=False)
