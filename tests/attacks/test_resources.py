"""Memory, processes, files and time of the machine."""

from attack import FIND, LIBC, Attack, Handed, code, hand_in_to_class, run_in_engine

ANY = ("", "crashed", "out of memory", "too many processes", "timed out")
FRAME = (
    FIND
    + """
import json, struct
def frame(node, lengths, body):
    head = json.dumps([node, lengths]).encode()
    end.sendall(struct.pack("!QI", len(head) + len(body), len(head)) + head + body)
"""
)
ATTACKS = [
    Attack("memory", "x = [bytearray(100_000_000) for _ in range(100)]", ends=ANY),
    Attack("memory in one piece", "x = np.ones(10**10)", ends=ANY, says="MemoryError"),
    Attack("memory in many processes", "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
           "        x = bytearray(300_000_000)\n        time.sleep(99)\ntime.sleep(1)", ends=("out of memory",)),
    Attack("memory shared", "import mmap, time\nx = [mmap.mmap(-1, 50_000_000) for _ in range(40)]\n"
           "for m in x:\n    m.write(b'x' * 50_000_000)", ends=ANY),
    Attack("memory in files without names", "import os\nx = []\nfor _ in range(40):\n    fd = os.memfd_create('x')\n"
           "    os.write(fd, b'x' * 30_000_000)\n    x.append(fd)", ends=ANY),
    Attack("memory of system five", LIBC + "for _ in range(20):\n    number = libc.shmget(0, 50_000_000, 0o1600)\n"
           "    libc.shmat.restype = ctypes.c_void_p\n    at = libc.shmat(number, None, 0)\n"
           "    if number >= 0: ctypes.memset(at, 1, 50_000_000); libc.shmdt(ctypes.c_void_p(at))\nprint(number)", ends=ANY),
    Attack("memory of a mount of its own", LIBC + "print(libc.unshare(0x10020000), "
           "libc.mount(b'x', b'/learner', b'tmpfs', 0, b'size=8g'))\nfor n in range(40):\n"
           "    open(f'/learner/{n}', 'wb').write(b'x' * 30_000_000)", ends=ANY, says="-1 -1"),
    Attack("a fork bomb", "import os\nwhile True: os.fork()", ends=ANY, seconds=13),
    Attack("a bomb of shells", "!bomb() { bomb | bomb & }; bomb", ends=ANY, seconds=9),
    Attack("three hundred processes", "import os, time\nfor _ in range(300):\n    if os.fork() == 0: time.sleep(99)", ends=ANY),
    Attack("a thousand threads", "import threading, time\nfor _ in range(1000):\n"
           "    threading.Thread(target=time.sleep, args=(99,), daemon=True).start()", ends=ANY, seconds=9),
    Attack("a full folder", "with open('big', 'wb') as file:\n    while True: file.write(b'x' * 1_000_000)", says="OSError"),
    Attack("full folders everywhere", "import os\nfor top in ('/dev', '/tmp', '/dev/shm', '/learner', '/examiner', '/proc'):\n"
           "    try:\n        for n in range(40): open(f'{top}/leftover{n}', 'wb').write(b'x' * 30_000_000)\n"
           "    except OSError as error: print(top, error)", ends=ANY, seconds=9),
    Attack("thousands of files", "import os\nfor n in range(100_000): os.mknod(f'f{n}')", says="OSError"),
    Attack("thousands of folders, one in another", "import os\nfor n in range(100_000):\n    os.mkdir('d'); os.chdir('d')",
           ends=("", "timed out")),
    Attack("thousands of open files", "x = [open('numbers.txt') for _ in range(10_000)]", says="Too many open files"),
    Attack("pipes full of data", "import os\nx = []\nfor _ in range(500):\n    r, w = os.pipe()\n    os.set_blocking(w, False)\n"
           "    os.write(w, b'x' * 65536)\n    x.append(r)", says="Too many open files"),
    Attack("a reply counted twice", FRAME + "node = ['done', [{'bytes': n} for n in range(0, 80, 2)]]\n"
           "frame(node, [40_000_000, -40_000_000] * 40, b'x' * 40_000_000)", ends=ANY, seconds=9),
    Attack("a reply with one array many times", FRAME + "node = ['done', [{'array': [0, '|u1', [40_000_000], 'C']}] * 60]\n"
           "frame(node, [40_000_000], b'x' * 40_000_000)", ends=ANY, seconds=9),
    Attack("a reply of millions of lists", FRAME + "head = b'[[\"done\", [' + b'[],' * 16_000_000 + b'1]], []]'\n"
           "end.sendall(struct.pack('!QI', len(head), len(head)) + head)", ends=ANY, seconds=9),
    Attack("a reply of millions of objects", FRAME + "one = b'{\"ref\":{\"mine\":1,\"name\":\"a\"}},'\n"
           "head = b'[[\"done\", [' + one * 1_500_000 + b'1]], []]'\n"
           "end.sendall(struct.pack('!QI', len(head), len(head)) + head)", ends=ANY, seconds=9),
    Attack("a reply whose keys collide", FRAME + "prime = 2**61 - 1\n"
           "keys = ','.join('[{\"i\":\"%d\"},1]' % (n * prime) for n in range(1, 200_000))\n"
           "head = ('[[\"done\", {\"dict\":[' + keys + ']}], []]').encode()\n"
           "end.sendall(struct.pack('!QI', len(head), len(head)) + head)", ends=ANY, seconds=9),
    Attack("priority", LIBC + "try: os.nice(-10)\nexcept OSError as error: print(error)\nimport resource\n"
           "for kind in range(16):\n    try: resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2); print(kind)\n"
           "    except (OSError, ValueError) as error: pass\nx = bytearray(2_000_000_000)", ends=ANY),
]  # fmt: skip
HANDED = [
    Handed(
        "memory",
        code("x = [bytearray(100_000_000) for _ in range(100)]"),
        ("graded", "out of memory", "timed out"),
    ),
    Handed(
        "processes",
        code("import os\nwhile True: os.fork()"),
        ("graded", "too many processes", "timed out", "crashed"),
    ),
    Handed("a full folder", code("file = open('big', 'wb')\nwhile True: file.write(bytes(10**6))")),
]


@run_in_engine(ATTACKS)
def test_in_the_engine(attack, arena):
    arena.hold(attack)


@hand_in_to_class("resources", HANDED)
def test_in_the_class(handed, graded):
    graded.hold(handed)
