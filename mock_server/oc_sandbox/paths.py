"""Where the data files are: inside the installed package, or beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_WHEEL_DATA = _PACKAGE / "_data"
_DATA = _WHEEL_DATA if _WHEEL_DATA.is_dir() else _PACKAGE.parents[1]

SCHEMAS = _DATA / "schemas"
FIXTURES = _DATA / "fixtures"
HANDLERS = _PACKAGE
