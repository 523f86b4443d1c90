"""A font of this machine for what PDF readers have none of their own for, Chinese above all.

None comes with the package: those with Chinese weigh 4 MB and more, and most machines on which it is read have one.
"""

import logging
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

VARIABLE = "OC_SANDBOX_FONT"
"""The environment variable that names a font file (TrueType, OpenType or a collection) to take instead."""
KNOWN = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",  # Debian, Ubuntu: fonts-wqy-microhei
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",  # the same: fonts-noto-cjk
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",  # the same: fonts-droid-fallback
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",  # the same: fonts-wqy-zenhei
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",  # Arch
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",  # Fedora
    "/System/Library/Fonts/STHeiti Light.ttc",  # macOS
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simsun.ttc",
)
_SIMPLIFIED_CHINESE = {"NotoSansCJK-Regular.ttc": 2, "STHeiti Light.ttc": 1}
"""Which face of a collection it is, where it is not the first; the others are for other countries."""
log = logging.getLogger("oc_sandbox")


class Typeface(NamedTuple):
    """A font file, and which of its faces, where it is a collection."""

    file: Path
    face: int


@cache
def typeface() -> Typeface | None:
    """The font to take; None where there is none, which the log says once."""
    wanted = os.environ.get(VARIABLE)
    for name in (wanted,) if wanted else KNOWN:
        file = Path(name)
        if file.is_file():
            return Typeface(file, _SIMPLIFIED_CHINESE.get(file.name, 0))
    log.warning(
        "%s; PDFs show ? for characters beyond Latin-1. Install one (Debian: fonts-wqy-microhei), or name a file in %s",
        f"there is no font {wanted}" if wanted else "no font with Chinese was found",
        VARIABLE,
    )
    return None
