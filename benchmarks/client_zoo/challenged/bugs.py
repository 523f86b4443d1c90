"""The client with one bug each, which shows only when something goes wrong; and other correct ones."""

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from client import Client, Refused, Unclear, Wire


class RetriesUnderANewNumber(Client):
    """Each attempt is an order of its own."""

    def place(self, orders: "list[Wire]") -> None:
        for attempt in range(3):
            try:
                self.judge(self.post("/3pp/outbound/v1/creation", orders), orders)
                return
            except Unclear:
                orders = [{**order, "referenceNumber": f"{order['referenceNumber']}-{attempt}"} for order in orders]
        self.complain("orders not placed")


class RetriesUnderTheSameNumber(Client):
    """Sends an order again without a look, and trusts the vendor to refuse it."""

    def not_there(self, orders: "list[Wire]") -> "list[Wire]":
        return orders


class SendsTheWholeBatchAgain(Client):
    """Where one order of a batch fails, all are sent again, numbered anew."""

    again = False

    def judge(self, reply: Wire, orders: "list[Wire]") -> "list[Wire]":
        if reply.get("errors") and len(orders) > 1 and not self.again:
            self.again = True
            self.place([{**order, "referenceNumber": order["referenceNumber"] + "-b"} for order in orders])
            return []
        return super().judge(reply, orders)


class LooksUpUnderTheWrongName(Client):
    """Looks before it orders again, but for a number that it never sent; and then numbers anew."""

    def not_there(self, orders: "list[Wire]") -> "list[Wire]":
        there = super().not_there([{**order, "referenceNumber": "X" + order["referenceNumber"]} for order in orders])
        return [{**order, "referenceNumber": f"R{order['referenceNumber'][1:]}"} for order in there]


class IgnoresPartialFailure(Client):
    """Looks at what was placed, and never at `errors`."""

    def judge(self, reply: Wire, orders: "list[Wire]") -> "list[Wire]":
        for row in reply.get("data") or []:
            print("placed", row["referenceNumber"])
        return []


class BelievesHttp(Client):
    """Takes HTTP 200 for a success."""

    def refused(self, reply: Wire) -> bool:
        return False

    def judge(self, reply: Wire, orders: "list[Wire]") -> "list[Wire]":
        print("placed", len(orders))
        return []


class SwallowsEverything(Client):
    """Catches every exception, and goes on."""

    def one(self, job: Any) -> None:
        with suppress(Exception):
            job()

    def complain(self, words: str) -> None:
        pass


class EndsWithSuccess(Client):
    """Knows that something failed, logs a number, and ends with 0."""

    def complain(self, words: str) -> None:
        print("done")


class IgnoresTheCancellationsAnswer(Client):
    """Sends a cancellation, and looks at nothing."""

    def cancel(self, number: str) -> None:
        row = self.find(number)
        if row is not None:
            with suppress(Unclear):
                self.post(*self.cancellation(row["orderNumber"]))
        print("cancelled", number)


class TriesForEver(Client):
    """A loop of attempts without an end."""

    def place(self, orders: "list[Wire]") -> None:
        while True:
            try:
                self.judge(self.post("/3pp/outbound/v1/creation", orders), orders)
                return
            except Unclear:
                time.sleep(0.02)
                orders = self.not_there(orders)


class TriesARefusalForEver(Client):
    """Takes an order that is refused for one that will be taken later."""

    def judge(self, reply: Wire, orders: "list[Wire]") -> "list[Wire]":
        while self.refused(reply) and orders:
            time.sleep(0.02)
            orders = self.not_there(orders)
            reply = self.post("/3pp/outbound/v1/creation", orders) if orders else reply
        return []


class WaitsForEver(Client):
    """Calls without a timeout."""

    timeout_s = None


class CrashesOnHtml(Client):
    """Takes every body for JSON."""

    def read(self, status: int, body: bytes) -> Wire:
        reply: Wire = json.loads(body)
        return reply


class CrashesOnALostConnection(Client):
    """Knows only of answers."""

    def one(self, job: Any) -> None:
        try:
            job()
        except Refused as error:
            self.complain(str(error))

    def place(self, orders: "list[Wire]") -> None:
        self.judge(self.post("/3pp/outbound/v1/creation", orders), orders)


class Aborts(Client):
    """Gives itself a signal where an assertion of its own does not hold."""

    def refused(self, reply: Wire) -> bool:
        if super().refused(reply):
            os.abort()
        return False


class ReportsAMovementTwice(Client):
    """Sends a movement of stock again without a look."""

    def shop_rows(self, path: str) -> "list[Wire]":
        return [] if path == "/stock-movements" else super().shop_rows(path)


class DropsAPageThatFails(Client):
    """Leaves out a page of the stock that cannot be read, and counts the rest."""

    def page(self, number: int) -> "list[Wire]":
        try:
            return super().page(number)
        except (Unclear, Refused):
            return []


class TakesABatchForPartlyTaken(Client):
    """Counts all as placed that no error names."""

    def judge(self, reply: Wire, orders: "list[Wire]") -> "list[Wire]":
        failed = {row.get("referenceNumber") or row.get("id") for row in reply.get("errors") or []}
        for order in orders:
            # It tells of those that an error names, as it should, but keeps the exit code for itself.
            print("refused" if order["referenceNumber"] in failed else "placed", order["referenceNumber"])
        return []


class RenewsBeforeEachCall(Client):
    """Fetches a token for every call, which the client report finds, and no failure."""

    def post(self, path: str, data: Any) -> Wire:
        self.renew()
        return super().post(path, data)


class OrdersMoreEachTime(Client):
    """Remembers in a file how often it ran, and does another job in each run, which nobody can judge."""

    def work(self) -> int:
        with Path(sys.argv[2]).open("a+") as memory:
            memory.write("x")
            self.place([self.order(f"D{at}") for at in range(memory.tell())])
        return 0


class OneOrderACall(Client):
    """Correct: no batches at all."""

    def place(self, orders: "list[Wire]") -> None:
        for order in orders:
            super().place([order])


class GivesUpAtOnce(Client):
    """Correct: one attempt, and then a person's turn."""

    attempts = 1


class SaysInsteadOfCounting(Client):
    """Correct: ends with 0 whatever happens, and says in a line what was not done."""

    def work(self) -> int:
        super().work()
        return 0


ANIMALS = {
    "correct": Client,
    "one-order-a-call": OneOrderACall,
    "gives-up-at-once": GivesUpAtOnce,
    "says-instead-of-counting": SaysInsteadOfCounting,
    "retries-under-a-new-number": RetriesUnderANewNumber,
    "retries-under-the-same-number": RetriesUnderTheSameNumber,
    "sends-the-whole-batch-again": SendsTheWholeBatchAgain,
    "looks-up-under-the-wrong-name": LooksUpUnderTheWrongName,
    "ignores-partial-failure": IgnoresPartialFailure,
    "believes-http": BelievesHttp,
    "swallows-everything": SwallowsEverything,
    "ends-with-success": EndsWithSuccess,
    "ignores-the-cancellations-answer": IgnoresTheCancellationsAnswer,
    "tries-for-ever": TriesForEver,
    "tries-a-refusal-for-ever": TriesARefusalForEver,
    "waits-for-ever": WaitsForEver,
    "crashes-on-html": CrashesOnHtml,
    "crashes-on-a-lost-connection": CrashesOnALostConnection,
    "aborts": Aborts,
    "reports-a-movement-twice": ReportsAMovementTwice,
    "drops-a-page-that-fails": DropsAPageThatFails,
    "renews-before-each-call": RenewsBeforeEachCall,
    "orders-more-each-time": OrdersMoreEachTime,
    "takes-a-batch-for-partly-taken": TakesABatchForPartlyTaken,
}
