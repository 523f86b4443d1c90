"""What a client says of a failure: a line that it does not print undisturbed, and that owns up to something.

Words are all there is to go by, so each kind of line that was judged wrongly stands in the tests.
"""

import re
from collections.abc import Collection, Iterable

from .books import Row, shaped
from .commands import Ran

_OF_FAILURE = re.compile(
    r"error|fail|refus|reject|denied|exception|time[d -]*out|unclear|unknown|unsuccessful|missing|short|could not"
    r"|cannot|unable|gave up|giving up|exhausted|abort|warn|traceback|unauthori[sz]ed|forbidden"
    r"|connection (?:was )?(?:reset|closed)|hang up|hung up|\bECONN[A-Z]+"
    r"|(?:not|n't|never) (?:be |been |yet )?(?:placed|done|sent|cancelled|taken|created|ok)"
    r"|no (?:clear |valid )?(?:answer|response|reply|stock)|HTTP\W{0,3}[45]\d\d"
    r"|(?:ok|success|placed|done|sent)[\"']?\s*[:=]\s*[\"']?(?:false|no|null|none|undefined)\b"
    r"|失败|错误|异常|库存不足|缺货|拒绝|超时|无法|未能|未成功|不成功|出错|报错|无响应|放弃"
    r"|未(?:提交|下单|创建|取消|处理|完成)|中断|繁忙",
    re.IGNORECASE,
)
_NOUN = (
    r"(?:error|fail(?:ure|ed)?|exception|warn(?:ing)?|reject(?:ed|ion)?|refus(?:ed|al)|missing|time-?out"
    r"|abort(?:ed)?)s?"
)
_ZH_NOUN = r"(?:失败|错误|异常|超时)"
_OF_NONE = re.compile(
    # 0 errors, 0 orders failed, no warnings; "error": null, failed=0, errors: []; 失败 0 个, 没有错误
    rf"(?<![\w.,])(?:0|zero)\s+(?:of\s+\d+\s+)?(?:\w+\s+)?{_NOUN}|\b(?:no|without(?: any)?)\s+{_NOUN}"
    rf"|{_NOUN}\s+0(?![\w.])|{_NOUN}\w*(?:\s+\w+)?[\"']?\s*[:=]\s*(?:\"\"|''|\[\s*\]|\{{\s*\}}|[\"']?0(?![.\d])"
    r"|[\"']?(?:null|none|nil|undefined|false|no)\b(?=\s*(?:$|[,;.)}\]\"'|]|\w+[\"']?\s*[:=])))"
    rf"|{_ZH_NOUN}(?:数|数量|个数)?(?:[\s:：=为]*0(?![\d.])|[\s:：=为]+(?:无|没有)(?!\w))|(?<![\d.])0\s*[个条单笔项]?(?:订单)?{_ZH_NOUN}"
    rf"|(?:没有|无|未发生|未出现)(?:任何)?{_ZH_NOUN}",
    re.IGNORECASE,
)
"""Such words of a line tell that nothing failed."""
_OF_SUCCESS = re.compile(
    r"\b(?:ok|placed|sent|done|success(?:ful|fully)?|succeeded|created|accepted|submitted|cancelled|confirmed)\b"
    r"|成功|完成|已(?:下单|提交|取消|创建)",
    re.IGNORECASE,
)
_OF_ANOTHER_TRY = re.compile(r"retr(?:y|ied)|again|attempt|重试", re.IGNORECASE)
"""Such a line tells that the client went on, and not that it gave up."""
_OF_THE_LAST_TRY = re.compile(
    r"g(?:ave|ive|iving) up|after (?:\w+ ){1,2}?(?:attempts?|tries|retr)|(?:attempts?|tries|retries) (?:are )?exhausted"
    r"|no (?:more )?(?:attempts?|tries|retries)|last (?:attempt|try)|(\d+) ?(?:/|of) ?\1(?!\d)"
    r"|放弃|仍然?失败|最终失败|次后",
    re.IGNORECASE,
)
_TRIES_COUNTED = re.compile(r"[\"'](?:attempts?|retry|retries|retry_?count)[\"']\s*:\s*\d+", re.IGNORECASE)
"""A field of a line in JSON, which tells nothing of whether the client goes on."""
_DIGITS = re.compile(r"[\d#@.,:]*[\d#@]")
SHORTEST_NAME = 2
"""Letters and digits: a name of one is in any line."""
SHORTEST_CODE = 3
"""A shorter code stands in lines by chance."""


def admission(
    ran: Ran, undisturbed: Collection[str], missing: Iterable[tuple[Row, bool]], codes: Collection[str]
) -> str:
    """A line that speaks of a failure, and whose shape is not among the undisturbed ones; empty where there is none.

    Where such lines name what is missing, each thing that is missing must be named.
    """
    unnamed = {row["number"]: _names(row) for row, _ in missing}
    known = {_DIGITS.sub("0", line) for line in undisturbed}
    told = [code for code in codes if len(code) >= SHORTEST_CODE]
    admitted = ""
    for line in map(str.strip, f"{ran.out}\n{ran.err}".splitlines()):
        shape = shaped(line)
        if shape in undisturbed:
            continue
        fails, goes_on = _speaks_of_failure(line), _goes_on(line)
        named = [number for number, names in unnamed.items() if any(_stands_in(name, line, shape) for name in names)]
        if not named and ((fails and not goes_on) or any(code in line for code in told)):
            return line
        # A name alone says nothing where the line is as always but for a duration, or tells of a success.
        as_always = _DIGITS.sub("0", shape) in known or _OF_SUCCESS.search(line)
        if not named or goes_on or (as_always and not fails):
            continue
        admitted = admitted or line
        for number in named:
            del unnamed[number]
    return "" if unnamed else admitted


def _speaks_of_failure(line: str) -> bool:
    return bool(_OF_FAILURE.search(_OF_NONE.sub("", line)))


def _goes_on(line: str) -> bool:
    return bool(_OF_ANOTHER_TRY.search(_TRIES_COUNTED.sub("", line))) and not _OF_THE_LAST_TRY.search(line)


def _names(row: Row) -> set[str]:
    """What a line may call a row: by its number, or the client's own, which may be another one in each run."""
    names = {row["reference"], shaped(row["reference"]), row["number"]}
    return {name for name in names if sum(map(str.isalnum, name)) >= SHORTEST_NAME}


def _stands_in(name: str, line: str, shape: str) -> bool:
    """Whether a line has a name as a whole, and not the beginning of a longer one."""
    whole = re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])")
    return bool(whole.search(line) or whole.search(shape))
