"""A port that is one's own before anybody listens on it."""

import asyncio
import socket

import pytest
import servers

from adapters.local.ports import own_port


async def test_a_port_is_kept_for_whoever_is_told_it() -> None:
    """Nobody else gets it before, nobody is answered there, and then a server listens on it."""
    with own_port() as port:
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind((servers.LOOPBACK, port))
        assert not servers.listens(port)
        server = await asyncio.start_server(lambda *_: None, servers.LOOPBACK, port)
        async with server:
            assert servers.listens(port)


async def test_afterwards_it_is_anybodys() -> None:
    with own_port() as port:
        pass
    with socket.socket() as somebody:
        somebody.bind((servers.LOOPBACK, port))
