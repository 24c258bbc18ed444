"""Connections, to this machine and away from it. A server listens at PORT and at a door in the folder outside."""

from attack import Attack, run_in_engine

REFUSED = "[eE]rror|refused|unreachable|No such|False"
ATTACKS = [
    Attack("tcp to this machine", "import socket\nsocket.create_connection(('127.0.0.1', PORT), 1)", says=REFUSED),
    Attack("tcp to this machine by version 6", "import socket\nsocket.create_connection(('::1', PORT), 1)", says=REFUSED),
    Attack("tcp away", "import socket\nsocket.create_connection(('192.0.2.1', 80), 1)", says=REFUSED),
    Attack("udp", "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.sendto(b'x', ('192.0.2.1', 53))",
           says=REFUSED),
    Attack("names", "import socket\nsocket.getaddrinfo('localhost.example', 80)", says=REFUSED),
    Attack("a page", "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:PORT', timeout=1)", says=REFUSED),
    Attack("a local door", "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('OUTSIDE/door')", says=REFUSED),
    Attack("raw packets", "import socket\nsocket.socket(socket.AF_PACKET, socket.SOCK_RAW)", says=REFUSED),
    Attack("a server for others", "import socket\ns = socket.create_server(('0.0.0.0', 0))\nprint(s.getsockname(), False)",
           says=REFUSED),
    Attack("interfaces brought up", "import fcntl, socket, struct\ns = socket.socket()\n"
           "fcntl.ioctl(s, 0x8914, struct.pack('16sH', b'lo', 1))", says=REFUSED),
]  # fmt: skip


@run_in_engine(ATTACKS)
def test_network(attack, arena):
    arena.hold(attack)
