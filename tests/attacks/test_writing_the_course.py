"""Writing where marks, tests, settings or other people's work are kept."""

from attack import Attack, Handed, code, hand_in_to_class, run_in_engine

WRITE = "import os\nfor path in {paths}:\n    try:\n        os.makedirs(os.path.dirname(path), exist_ok=True)\n" \
        "        open(path, 'a').write('leftover')\n        print('wrote', path)\n" \
        "    except OSError as error: print(error)"  # fmt: skip
ATTACKS = [
    Attack("files outside", WRITE.format(paths=["OUTSIDE/new.txt", "OUTSIDE/secret.txt"])),
    Attack("files for the next one", WRITE.format(paths=[
        "/dev/leftover", "/dev/shm/leftover", "/tmp/leftover", "/examiner/leftover", "/learner/leftover",
        "/dev/pts/leftover", "/leftover", "/run/leftover"]),
        after="import os\nos.listdir('/dev')"),
    Attack("files that import reads", "import sys, sysconfig\n" + WRITE.format(
        paths="[p + '/leftover.pth' for p in (*sys.path, sysconfig.get_path('purelib')) if p]"), says="Read-only"),
    Attack("names in the kernel", "import socket, os\ns = socket.socket(socket.AF_UNIX); s.bind('\\0leftover')\n"
           "os.mkfifo('/dev/shm/leftover')\nprint('made')", says="made"),
    Attack("the host's name", "import socket\nsocket.sethostname('leftover')", says="PermissionError|not permitted"),
    Attack("the clock", "import time\ntime.clock_settime(time.CLOCK_REALTIME, 0)", says="PermissionError"),
    Attack("a link out of the folder", "import os\nos.symlink('OUTSIDE/secret.txt', 'numbers.txt.new')\n"
           "os.replace('numbers.txt.new', 'numbers.txt')\nprint(open('numbers.txt').read())", says="FileNotFoundError"),
]  # fmt: skip

UPDATE = """
import sqlite3
for path in ("COURSE/gradebook.db", "../../../gradebook.db", "../../gradebook.db", "gradebook.db"):
    try:
        with sqlite3.connect(path) as database:
            database.execute("UPDATE grade SET auto_score = 4, manual_score = 4")
    except Exception as error:
        print(error)
"""
HANDED = [
    Handed("gradebook updated", code(UPDATE)),
    Handed("source overwritten", code("for p in ('COURSE/source/scaling/scaling.ipynb', "
                                      "'../../../source/scaling/scaling.ipynb'): open(p, 'w').write('{}')")),
    Handed("settings appended", code("open('COURSE/nbgrader_config.py', 'a').write('import os')")),
    Handed("others work overwritten", code("open('COURSE/submitted/victim/scaling/scaling.ipynb', 'w').write('{}')")),
    Handed("folder outside written", code("open('OUTSIDE/new.txt', 'w').write('x')")),
]  # fmt: skip


@run_in_engine(ATTACKS)
def test_in_the_engine(attack, arena):
    arena.hold(attack)


@hand_in_to_class("writing_the_course", HANDED)
def test_in_the_class(handed, graded):
    graded.hold(handed)
