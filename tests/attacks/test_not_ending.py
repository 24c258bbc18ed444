"""Cells, functions and values that take for ever."""

from attack import Attack, Handed, changed, code, hand_in_to_class, run_in_engine
from nbformat.v4 import new_code_cell

LATE = ("timed out",)
ATTACKS = [
    Attack("a loop", "while True: pass", ends=LATE),
    Attack("interrupt ignored", "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
           ends=LATE, seconds=7),
    Attack("interrupt swallowed", "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
           ends=LATE, seconds=7),
    Attack("all signals blocked", "import signal, time\nsignal.pthread_sigmask(0, range(1, 32))\ntime.sleep(99)",
           ends=LATE, seconds=7),
    Attack("in the function", "def f(x):\n    while True: pass", ends=LATE),
    Attack("in the function, swallowed", "def f(x):\n    while True:\n        try:\n            while True: pass\n"
           "        except BaseException: pass", ends=LATE, seconds=7),
    Attack("in the text of a value", "import time\nclass f:\n    def __init__(self, x): pass\n"
           "    def __repr__(self): time.sleep(99)", ends=LATE, seconds=7),
    Attack("in the length of a value", "import time\nclass f:\n    def __init__(self, x): pass\n"
           "    def __len__(self): time.sleep(99)\n    def __getitem__(self, i): return 1", ends=(*LATE, ""), seconds=7),
    Attack("in the message of an exception", "import time\nclass E(Exception):\n    def __str__(self): time.sleep(99)\n"
           "def f(x):\n    raise E", ends=LATE, seconds=7),
    Attack("a number that takes long", "def f(x):\n    return 7 ** 10**9", ends=(*LATE, "crashed", "out of memory"), seconds=9),
    Attack("a regular expression that takes long", "import re\nre.match(r'(a+)+b', 'a' * 60)", ends=LATE, seconds=7),
    Attack("an endless list", "class f(list):\n    def __init__(self, x): pass\n    def __iter__(self):\n"
           "        while True: yield 1", ends=("", *LATE), seconds=9),
    Attack("waiting for a thread", "import threading, time\nt = threading.Thread(target=time.sleep, args=(99,))\n"
           "t.start()\nt.join()", ends=LATE, seconds=7),
    Attack("waiting for input", "input()", ends=("",)),
    Attack("a thread that holds on", "import threading\ndef spin():\n    while True: pass\n"
           "for _ in range(4): threading.Thread(target=spin).start()", ends=("", *LATE), seconds=9),
]  # fmt: skip


def five_endless(nb):
    nb.cells[2:2] = [new_code_cell("while True: pass") for _ in range(5)]


def many_slow_out_of_order(nb):
    nb.cells[1:] = [new_code_cell("import time; time.sleep(1.5)"), *reversed(nb.cells[1:])]


HANDED = [
    Handed("a loop", code("while True: pass"), LATE, reason="longer"),
    Handed(
        "interrupt ignored", code("import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass"), LATE
    ),
    Handed("in the function", code("def center(x):\n    while True: pass"), LATE),
    Handed("five endless cells", changed(five_endless), LATE, reason="longer"),
    Handed("slow cells out of order", changed(many_slow_out_of_order), ("graded", "timed out")),
]


@run_in_engine(ATTACKS)
def test_in_the_engine(attack, arena):
    arena.hold(attack)


@hand_in_to_class("not_ending", HANDED)
def test_in_the_class(handed, graded):
    graded.hold(handed)
