"""Ending processes: its own, its parents', everybody's."""

from attack import LIBC, Attack, Handed, code, hand_in_to_class, run_in_engine

CRASH = ("crashed",)
ATTACKS = [
    Attack("exit", "exit()"),
    Attack("quit and system exit", "import sys\nquit()\nsys.exit(1)"),
    Attack("os exit", "import os\nos._exit(0)", ends=CRASH),
    Attack("os exit in a function", "import os\ndef f(x): os._exit(0)", ends=CRASH),
    Attack("os exit in the text of a value", "import os\nclass f:\n    def __init__(self, x): pass\n"
           "    def __repr__(self): os._exit(0)", ends=CRASH),
    Attack("segmentation fault", "import ctypes\nctypes.string_at(0)", ends=CRASH),
    Attack("abort", "import os\nos.abort()", ends=CRASH),
    Attack("stack overflow", "import sys\nsys.setrecursionlimit(10**8)\ndef g(n): return g(n + 1) + 1\n"
           "def h(n): return repr([h]) and max([n], key=h)\nh(1)", ends=("", "crashed", "out of memory", "timed out"), seconds=9),
    Attack("signal to the parent", "import os\nfor _ in range(3):\n    try: os.kill(os.getppid(), 9)\n"
           "    except OSError as error: print(error)\nprint(os.getppid())", ends=("", "crashed")),
    Attack("signal to everybody", "import os, signal\nfor number in (15, 2, 1, 9):\n    try: os.kill(-1, number)\n"
           "    except OSError as error: print(error)", ends=("", "crashed"), says="No such process"),
    Attack("signal to its group", "import os\nos.killpg(0, 9)\nos.kill(0, 9)", ends=("", "crashed")),
    Attack("signals to every number", "import os\nfor pid in range(2, 5000):\n    try: os.kill(pid, 9); print('hit', pid)\n"
           "    except OSError: pass\nprint('done')", says='"done'),
    Attack("stopping itself", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", ends=("", "timed out"), seconds=9),
    Attack("end of its standard files", "import os\nfor fd in (0, 1, 2): os.close(fd)"),
    Attack("end of all its files", "import os\nos.closerange(0, 4096)", ends=CRASH),
    Attack("another program in its place", "import os\nos.execv('/bin/sleep', ['sleep', '987654'])",
           ends=("crashed", "timed out"), seconds=9),
    Attack("death of the child that it was promised", LIBC + "pid = os.fork()\n"
           "if pid == 0: os.execv('/bin/sleep', ['sleep', '987654'])\nos._exit(0)", ends=CRASH),
]  # fmt: skip
HANDED = [
    Handed("exit", code("exit()")),
    Handed("os exit", code("import os\nos._exit(0)"), CRASH, reason="ended the process"),
    Handed(
        "os exit in a function",
        code("import os\ndef center(x): os._exit(0)"),
        CRASH,
        reason="ended the process",
    ),
    Handed("signal to the parent", code("import os\nos.kill(os.getppid(), 9)"), ("graded", "crashed")),
]


@run_in_engine(ATTACKS)
def test_in_the_engine(attack, arena):
    arena.hold(attack)


@hand_in_to_class("dying", HANDED)
def test_in_the_class(handed, graded):
    graded.hold(handed)
