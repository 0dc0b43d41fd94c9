"""Ports of this machine for servers that begin to listen a moment later."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_HOST = "127.0.0.1"


@contextmanager
def own_port() -> Iterator[int]:
    """A free port that nobody else on this machine is given for as long as the block lasts.

    It is bound and does not listen, so that a server which is told the number can, if it sets
    SO_REUSEADDR as servers do: Linux shares a port among such sockets of which one listens
    (socket(7)). On other systems the port is only free at the beginning.
    """
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((_HOST, 0))
        port = int(door.getsockname()[1])
        if sys.platform != "linux":
            door.close()
        yield port
