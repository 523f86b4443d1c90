"""Magic values: reference numbers and ids that let the call fail which bears them. What they are: <api>/magic.json."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from .batches import DoomedRow
from .call import Call
from .contract import Operation
from .faults import Given, Hit
from .injecting import about_items, refusals_for, scalars
from .refusal import Wire

log = logging.getLogger("oc_sandbox")


class Magic:
    """The magic values of one API."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.prefix: str = document["prefix"]
        self.faults: Mapping[str, Given] = document["faults"]
        self._mark = self.prefix.encode()
        self._fields = frozenset(field.lower() for field in document["fields"])
        self._value = re.compile(re.escape(self.prefix) + r"([a-z0-9_]+)(?:-.*)?")

    def stands_in(self, call: Call) -> bool:
        """Whether a call can bear one at all; the cheap look that every call gets."""
        return self._mark in call.body or self.prefix in call.query

    def applied(self, request: Wire, operation: Operation, hit: Hit | None) -> tuple[Wire, Hit | None]:
        """The request with those items of a batch marked that are to be refused, and what befalls the call in all."""
        if not isinstance(request, dict) or (hit is not None and hit.answer):
            return request, hit
        data = request.get("data")
        rows = data if isinstance(data, list) else []
        doomed = {at: named for at, row in enumerate(rows) if (named := self._named_by_row(row, operation)) is not None}
        others = [row for at, row in enumerate(rows) if at not in doomed]
        of_call = self._named({**request, "data": others} if doomed else request, operation)
        so_far = hit or Hit((), {})
        if of_call is not None:
            return request, so_far.beside((of_call,), of_call)
        if not doomed:
            return request, hit
        marked = [
            DoomedRow(row, *refusals_for(doomed[at], operation, row)) if at in doomed else row
            for at, row in enumerate(rows)
        ]
        return {**request, "data": marked}, so_far.beside(tuple(doomed.values()), {})

    def _named_by_row(self, row: Wire, operation: Operation) -> Given | None:
        """The error that an item of a batch names, if that is one of an item and not of the whole call."""
        named = self._named(row, operation)
        of_item = named is not None and "error" in named and about_items(operation.errors[named["error"]])
        return named if of_item else None

    def _named(self, node: Wire, operation: Operation) -> Given | None:
        """The fault that the first magic value of a request names; None where there is none."""
        for field, value in scalars(node):
            found = self._value.fullmatch(value) if field in self._fields and type(value) is str else None
            if found is None:
                continue
            name = found[1]
            if name in operation.errors:
                return {"magic": value, "error": name}
            if name in self.faults:
                return {"magic": value, **self.faults[name]}
            log.warning(
                "%s: %r names no error of the operation, and none of %s; it is taken as it is",
                *(operation.name, value, ", ".join(self.faults)),
            )
        return None
