"""A client that hears of its orders by webhook: listener.py [acts-on-each].

It places one order, waits until it is delivered, and then announces goods to fill the shelf again: once for each order,
or, with its bug, once for each webhook.
"""

import http.server
import json
import os
import sys
import time
from typing import Any

from client import Client, Wire


class Listener(Client):
    """Places, listens, fills up."""

    delivered = 0

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def fresh(self, told: Wire) -> bool:
        """Whether this was not told before."""
        new = told["messageId"] not in self.seen
        self.seen.add(told["messageId"])
        return new

    def work(self) -> int:
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if "Delivered" in json.dumps(told) and outer.fresh(told):
                    outer.delivered += 1
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        server = http.server.HTTPServer(("127.0.0.1", int(os.environ["OC_WEBHOOK_PORT"])), Handler)
        server.timeout = 1.5
        self.place([self.order("D0")])
        until = time.monotonic() + 10
        while not self.delivered and time.monotonic() < until:
            server.handle_request()
        server.timeout = 0.7
        server.handle_request()  # one that comes again
        for number in range(self.delivered):
            self.announce(number)
        return int(self.failed or not self.delivered)

    def announce(self, number: int) -> None:
        print("filled up", number)
        movement_of = self.shop_rows("/inventory?limit=1")[0]
        said = {name: movement_of[name] for name in ("productId", "warehouseId")}
        self.shop_call(
            "POST", "/stock-movements", {**said, "quantity": 1, "movementType": "IN", "reference": "fill-up"}
        )


class ActsOnEach(Listener):
    """Takes each webhook for news."""

    def fresh(self, told: Wire) -> bool:
        return True


if __name__ == "__main__":
    sys.exit((ActsOnEach if sys.argv[1:] == ["acts-on-each"] else Listener)().work())
