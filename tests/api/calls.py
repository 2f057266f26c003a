"""What goes with each step that needs words."""

from typing import Any

BODIES: dict[str, dict[str, Any]] = {
    "reject": {"reason": "不属实"},
    "return": {"reason": "不属于我们"},
    "progress": {"note": "已看过"},
    "refer": {"reason": "超出权限"},
    "hold": {"reason": "等配件", "until": "2026-03-20T10:00:00+08:00"},
    "ask": {"text": "哪一层漏水"},
    "answer": {"text": "三楼"},
    "complete": {"result": "修好了"},
    "feed_back": {"reply": "修好了"},
    "rate": {"stars": 4},
    "call_back": {"result": "settled"},
    "reply_rating": {"reply": "谢谢您的意见"},
    "publish": {"title": "修好了", "text": "漏水", "result": "修好了"},
    "archive": {"reason": "涉及隐私"},
    "reopen": {"reason": "又漏了"},
    "supervise": {"note": "限期办结"},
    "report_back": {"reply": "已约定维修"},
    "merge": {"into": ""},
    "split": {"parts": ["路灯不亮"]},
}
