"""What can go wrong with an order.

The tree::

    AssistantError
    ├── OrderMissing            404  no such order
    ├── KeyReused               409  the same key was used for something else
    └── StageInvalid            409  the order cannot go to that stage from where it stands
"""

from __future__ import annotations

from assistant.errors import AssistantError


class OrderMissing(AssistantError):
    """No such order."""

    code = "order.not_found"
    status = 404
    hint = "请核对工单编号；用 zhida order list 查看"


class KeyReused(AssistantError):
    """The same idempotency key came with another content."""

    code = "order.key_reused"
    status = 409
    hint = "重新提交同一张单请用原来的内容；新的一张单请换一个 key"


class StageInvalid(AssistantError):
    """The stage does not follow the one the order stands at."""

    code = "order.stage_invalid"
    status = 409
    hint = "顺序是 受理→处理→答复→归档；答复不合格可退回处理"
