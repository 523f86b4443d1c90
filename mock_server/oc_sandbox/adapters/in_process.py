"""What faults do to a reply that reaches its client in the same process: nobody sleeps, and nothing has a socket."""

from typing import Literal, NamedTuple

from ..call import Reply

PIECES = 20
"""In how many pieces a body comes that drips: enough that no client waits long for one, and few enough to be slow."""


class Failed(NamedTuple):
    """How a client in process fails: it has waited too long, or the connection is gone."""

    how: Literal["timeout", "lost"]
    words: str


def failure_of(reply: Reply, read_timeout_s: float | None) -> Failed | None:
    """How a client fails whose socket waits so long for more to read (None: for ever); None where it gets the reply.

    Nobody sleeps: a wait that the client would sit out takes no time.
    """
    transport = reply.transport
    if transport is None:
        return None
    longest_s = max(transport.latency_s, 0 if transport.dropped else transport.drip_s / PIECES)
    if read_timeout_s is not None and longest_s > read_timeout_s:
        return Failed("timeout", f"a fault lets the reply take {longest_s:g} s; the client waits {read_timeout_s:g} s")
    if transport.dropped:
        return Failed("lost", "Server disconnected without sending a response. (a fault dropped the connection)")
    if transport.promised is not None:
        words = f"(received {len(reply.body)} bytes, expected {transport.promised}; a fault dropped the connection)"
        return Failed("lost", f"peer closed connection without sending complete message body {words}")
    return None
