"""TCP ports on loopback: finding a free one, and saying clearly that one is taken."""

import errno
import socket

from sla.errors import PortInUse

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port that was free a moment ago; nothing keeps it so, hence bind to port 0 where that is possible."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def require_free(port: int, *, purpose: str, setting: str) -> None:
    """Raise `PortInUse` if somebody listens on that port of loopback."""
    with socket.socket() as probe:
        # as servers do: a connection that lingers in TIME_WAIT does not take the port
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortInUse(port=port, purpose=purpose, setting=setting) from None
            raise
