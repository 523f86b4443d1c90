"""What the authorize pages say, in English and Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...refusal import Wire


@dataclass(frozen=True)
class Wording:
    """The texts of one language, by name. `name` is what the language calls itself."""

    lang: str
    name: str
    texts: Mapping[str, str]
    rights: tuple[str, ...]

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    @property
    def other(self) -> "Wording":
        """The other language."""
        return CHINESE if self is ENGLISH else ENGLISH


ENGLISH = Wording(
    "en",
    "English",
    {
        "product": "OrangeConnex sandbox",
        "log_in_title": "Log in as a seller",
        "intro": "The integrator {client} would like to act for a seller. Log in first; then you decide.",
        "login_label": "Login or account number (OCID)",
        "login_column": "Login or OCID",
        "password_label": "Password",
        "log_in": "Log in",
        "hint_title": "Whom can I log in as?",
        "hint": "This is a sandbox: no account at OrangeConnex is touched, and these are all the sellers it has.",
        "wrong_login": "No seller has this login and password. Copy both from one line of the list below, and mind "
        "capital letters.",
        "login_over": "This login is over: it was used already, or it is too old. Log in again.",
        "consent_title": "May this integrator act for you?",
        "seller_label": "You are",
        "client_label": "The integrator (client_id)",
        "back_label": "Either way you go on to",
        "may": "If you allow it, it may in your name:",
        "lasts": "It keeps this access for {days} days of the sandbox's clock.",
        "allow": "Allow",
        "deny": "Deny",
        "another": "Log in as another seller",
    },
    (
        "see and create SKUs, and see stock and its movements",
        "place and follow inbound and outbound orders, and cancel outbound ones",
        "ask for prices and fees",
    ),
)

CHINESE = Wording(
    "zh",
    "中文",
    {
        "product": "OrangeConnex 沙箱",
        "log_in_title": "卖家登录",
        "intro": "集成商 {client} 希望代卖家操作。请先登录，然后由您决定是否同意。",
        "login_label": "登录名或账号（OCID）",
        "login_column": "登录名或 OCID",
        "password_label": "密码",
        "log_in": "登录",
        "hint_title": "用哪个账号登录？",
        "hint": "这是沙箱，不会接触任何真实的橙联账号；下面是它的全部卖家。",
        "wrong_login": "没有这个登录名和密码的卖家。请从下表同一行复制两者，并注意大小写。",
        "login_over": "本次登录已失效：已经使用过，或时间过长。请重新登录。",
        "consent_title": "允许该集成商代您操作吗？",
        "seller_label": "您的账号",
        "client_label": "集成商（client_id）",
        "back_label": "无论同意与否，您都将前往",
        "may": "如果允许，它可以以您的名义：",
        "lasts": "授权在沙箱时钟的 {days} 天内有效。",
        "allow": "允许",
        "deny": "拒绝",
        "another": "换一个卖家登录",
    },
    (
        "查看和创建 SKU，查看库存及库存流水",
        "创建和跟踪入库单与出库单，取消出库单",
        "查询价格和费用",
    ),
)


def wording_of(request: Wire) -> Wording:
    """The language that a request names: Chinese for zh and its like, else English."""
    return CHINESE if request.get("lang", "").lower().startswith("zh") else ENGLISH
