"""Parts of the OpenAPI document: schemas as the contract files have them, and the components that they go into."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from .refusal import Wire

Json = dict[str, Any]

FORMATS = MappingProxyType({"iso-instant": "date-time"})
"""What OpenAPI calls a format of ours. The others have no name there: times whose offset bears no colon."""


class Components:
    """What the document says once and refers to by name."""

    def __init__(self) -> None:
        self._sections: dict[str, Json] = {}

    def name(self, section: str, name: str, api: str, value: Json) -> str:
        """The name of a value: the wanted one or, where another value has taken that, one with its API's name."""
        rows = self._sections.setdefault(section, {})
        if rows.setdefault(name, value) != value:
            name = f"{api}.{name}"
            if rows.setdefault(name, value) != value:
                raise ValueError(f"two different {section} are called {name}")
        return name

    def ref(self, section: str, name: str, value: Json, api: str = "") -> Json:
        """A reference to a value, which stands under that name."""
        return {"$ref": f"#/components/{section}/{self.name(section, name, api, value)}"}

    def written(self) -> Json:
        """All of them, as the document has them."""
        return {section: dict(sorted(rows.items())) for section, rows in sorted(self._sections.items())}


def pascal(*names: str) -> str:
    """PlaceOutboundOrder out of place_outbound_order, and OrangeconnexParameterError out of two names."""
    return "".join(word[:1].upper() + word[1:] for name in names for word in name.split("_"))


def leaving(value: Mapping[str, Any], out: Collection[str]) -> Json:
    """The members of an object but for some."""
    return {key: child for key, child in value.items() if key not in out}


def of_request(schema: Mapping[str, Any], without: Collection[str] = ()) -> Json:
    """The schema of a contract file in OpenAPI's words, without some of its properties."""
    written: Json = _reworded(schema)
    if without:
        written["properties"] = leaving(written["properties"], without)
        written["required"] = [name for name in written.get("required", ()) if name not in without]
    return written


def _reworded(node: Wire) -> Wire:
    if isinstance(node, list):
        return [_reworded(child) for child in node]
    if not isinstance(node, dict):
        return node
    reworded = {key: _reworded(child) for key, child in node.items()}
    if isinstance(node.get("format"), str):
        reworded["format"] = FORMATS.get(node["format"], node["format"])
    return reworded


def of_template(template: Wire, item: Wire) -> Json:
    """The schema of what a template becomes: its literals as they are, its `$names` as whatever stands for them."""
    if isinstance(template, dict):
        properties = {key: of_template(part, item) for key, part in template.items()}
        return {"type": "object", "required": list(template), "additionalProperties": False, "properties": properties}
    if not isinstance(template, str) or template[:1] != "$":
        return {"const": template}
    if template == "$errors":
        return {"type": "array", "minItems": 1, "items": {"type": "object"} if not item else of_template(item, None)}
    if template == "$data":
        return {"description": "What was done all the same, as in a success."}
    return {"type": "integer" if template == "$status" else "string"}
