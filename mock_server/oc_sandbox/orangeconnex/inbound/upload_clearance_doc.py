"""Upload Clearance Doc: the customs files of an inbound order. Their content is weighed and forgotten.

Source: vendor docs page, undated; the field that names the order is ours.
"""

import hashlib
import re
from base64 import b64decode

from ...domain.inbound import customs_files_came
from ...domain.records import CustomsFile
from ...domain.world import World
from ...refusal import Rule, Wire, enforce
from .orders import order_unknown

_ADDRESS = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
_DATA_URL = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)

RULES = (Rule("order_unknown", order_unknown),)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: the number of the order."""
    upload = request["data"]
    enforce(RULES, upload, world)
    files = world.inbound_files.setdefault(upload["inboundNumber"], {})
    for row in upload["fileList"]:
        file = _file_from(row, world.now_s())
        files[file.kind, file.name] = file
    customs_files_came(world, upload["inboundNumber"])
    return {"inboundNumber": upload["inboundNumber"]}


def _file_from(row: Wire, now_s: int) -> CustomsFile:
    text: str = row["file"]
    name, kind = row["fileName"], row["fileType"]
    if _ADDRESS.fullmatch(text):
        return CustomsFile(name, kind, text, 0, True, now_s)
    content = _decoded(text)
    sent = content or text.encode()
    digest = f"sha256:{hashlib.sha256(sent).hexdigest()}"
    return CustomsFile(name, kind, digest, len(sent), bool(content), now_s)


def _decoded(text: str) -> bytes:
    """The bytes that base64 stands for, bare or as a data URL, in one line or several; none if it is not base64."""
    head = _DATA_URL.match(text)
    try:
        return b64decode("".join(text[head.end() if head else 0 :].split()), validate=True)
    except ValueError:
        return b""
