"""Processes and threads that outlive their submission."""

import psutil
from attack import Attack, Handed, code, hand_in_to_class, run_in_engine

START = "import subprocess\np = subprocess.Popen(['sleep', '987654'], start_new_session=True)\nprint(p.pid)\n"
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        try: os.execv('/bin/sleep', ['sleep', '987654'])
        except BaseException: os._exit(0)
    os._exit(0)
"""
ATTACKS = [
    Attack("a session of its own", START),
    Attack("a daemon", DAEMON),
    Attack("a shell's background", "!nohup setsid sleep 987654 > /dev/null 2>&1 &"),
    Attack("a process that ignores signals", "import os, signal, time\nif os.fork() == 0:\n"
           "    for n in range(1, 32):\n        try: signal.signal(n, signal.SIG_IGN)\n        except OSError: pass\n"
           "    time.sleep(987654)"),
    Attack("a process that starts itself again", "import os, time\nif os.fork() == 0:\n    for _ in range(10**9):\n"
           "        if os.fork(): os._exit(0)\n        os.setsid()", ends=("", "too many processes")),
    Attack("a process that holds the link", "import os, time\nif os.fork() == 0: time.sleep(987654)\nos._exit(0)",
           ends=("crashed",)),
    Attack("many of them", "import subprocess\nall = [subprocess.Popen(['sleep', '987654']) for _ in range(20)]"),
    Attack("after its parent is gone", DAEMON + "os._exit(0)", ends=("crashed",)),
]  # fmt: skip
HANDED = [Handed("a session of its own", code(START)), Handed("a daemon", code(DAEMON))]


@run_in_engine(ATTACKS)
def test_in_the_engine(attack, arena):
    arena.hold(attack)
    assert not [p for p in psutil.process_iter(["cmdline"]) if "987654" in (p.info["cmdline"] or [])]


@hand_in_to_class("leftovers", HANDED)
def test_in_the_class(handed, graded):
    graded.hold(handed)
