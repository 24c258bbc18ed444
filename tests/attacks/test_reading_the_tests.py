"""Looking for the tests, their expected values and other people's work."""

from attack import FIND, LIBC, Attack, Handed, code, hand_in_to_class, run_in_engine

LOOK = "import re\ndef found(text): return re.findall('zebra-' + r'[0-9]+', str(text))\n"
ATTACKS = [
    Attack("hook before each cell", "seen = []\nip = get_ipython()\n"
           "ip.events.register('pre_run_cell', lambda info: seen.append(info.raw_cell))", after="print(seen)"),
    Attack("history", "print(globals().get('In'), globals().get('_ih'))",
           after="print(In[-5:], _ih)\n%history"),
    Attack("frames of the caller", LOOK + "import inspect\nseen = []\ndef f(x):\n"
           "    for frame in inspect.stack():\n        seen.append(str(frame.frame.f_locals) + str(frame.code_context))\n"
           "    return x", after="print(found(seen), len(seen))"),
    Attack("all objects", LOOK + "import gc\nseen = []\ndef f(x):\n    if not seen: seen.extend(map(repr, gc.get_objects()[-999:]))",
           after="print(found(seen))"),
    Attack("all text in memory", LOOK + "import ctypes, gc\nparts = []\nfor thing in gc.get_objects():\n"
           "    parts += [s for s in gc.get_referents(thing) if isinstance(s, (str, bytes))]\nprint(len(parts))",
           after="print(found(parts))"),
    Attack("arguments kept and shown", "seen = []\ndef f(x):\n    seen.append(x)\n    return x", after="print(seen)"),
    Attack("an expected value asked for", "class Ask:\n    def __eq__(self, other): seen.append(other)\n"
           "    def __array_ufunc__(self, *a, **k): seen.append(a)\n    def __rsub__(self, other): seen.append(other)\n"
           "seen = []\nf = lambda x: Ask()", after="print('expected:', seen)\nassert not seen"),
    Attack("proc", "import os\nfor path in ('/proc', '/proc/1', '/proc/self', '/proc/self/mem', '/sys'):\n"
           "    print(path, os.path.exists(path) and os.listdir(path))", says="/proc \\[\\]"),
    Attack("memory of other processes", LIBC + "class IO(ctypes.Structure):\n"
           "    _fields_ = [('base', ctypes.c_void_p), ('size', ctypes.c_size_t)]\n"
           "room = ctypes.create_string_buffer(64)\nhere, there = IO(ctypes.addressof(room), 64), IO(id(os), 64)\n"
           "for pid in range(2, 40):\n    libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)\n"
           "    if any(room.raw): print('read', pid)\nprint(os.strerror(ctypes.get_errno()))",
           says="not permitted|No such process"),
    Attack("ptrace of other processes", LIBC + "for pid in range(0, 40):\n"
           "    if pid not in (0, os.getpid()) and libc.ptrace(16, pid, 0, 0) == 0: print('attached', pid)\n"
           "print(os.strerror(ctypes.get_errno()), os.getpid(), os.getppid())", says="not permitted|No such process"),
    Attack("new namespaces and mounts", LIBC + "print([libc.unshare(flag) for flag in "
           "(0x10000000, 0x20000, 0x20000000, 0x10020000)])\nprint(libc.umount2(b'/proc', 2), "
           "libc.mount(b'proc', b'/learner', b'proc', 0, 0), libc.mount(b'/', b'/learner', 0, 4096, 0))\n"
           "print(os.listdir('/proc'), [d for d in os.listdir('/learner') if d.isdigit()])",
           says="-1, -1, -1.*-1 -1 -1.*\\[\\] \\[\\]"),
    Attack("environment", "import os, sys\nprint(dict(os.environ), sys.argv, sys.orig_argv)", says="HOME"),
    Attack("descriptors", LOOK + "import os\nfor fd in range(200):\n    try: kind = os.fstat(fd)\n"
           "    except OSError: continue\n    print(fd, oct(kind.st_mode))\n    try:\n"
           "        os.lseek(fd, 0, 0); print(found(os.read(fd, 10**6)))\n    except OSError: pass"),
    Attack("links that others hold", FIND + "import os\nfor fd in range(3, 64):\n    if fd != end.fileno():\n"
           "        try: os.set_blocking(fd, False); print('read', os.read(fd, 10**6))\n        except OSError: pass"),
    Attack("all files", LOOK + "import os\nnames = []\nfor top, folders, files in os.walk('/'):\n"
           "    if top in ('/usr', '/proc', '/sys', '/dev'): folders.clear(); continue\n"
           "    folders[:] = [f for f in folders if f not in ('site-packages', 'lib', 'python3.11')]\n"
           "    names += [os.path.join(top, f) for f in files]\n"
           "print([n for n in names if n.endswith(('.ipynb', '.db', '.jsonl')) or 'gradebook' in n or 'source/' in n])",
           says=r"\[\]"),
    Attack("files by their path", "print(open('OUTSIDE/secret.txt').read())", says="FileNotFoundError"),
    Attack("privileges asked for", LIBC + "print(libc.setuid(0), libc.prctl(38, 0, 0, 0, 0), libc.prctl(8, 1, 0, 0, 0))\n"
           "print(libc.prctl(4, 1, 0, 0, 0), libc.prctl(1, 0, 0, 0, 0))\nprint(os.getuid(), os.getresuid())", says="1000"),
    Attack("programs that run as root", "import subprocess\nfor line in (['su', '-c', 'id'], ['sudo', '-n', 'id'], "
           "['mount'], ['nsenter', '-t', '1', '-a', 'id'], ['unshare', '-r', 'id']):\n"
           "    try: print(subprocess.run(line, capture_output=True, text=True, timeout=1))\n"
           "    except Exception as error: print(type(error).__name__)"),
]  # fmt: skip

HANDED = [
    Handed("source by its path", code("print(open('COURSE/source/scaling/scaling.ipynb').read())")),
    Handed("source by going up", code("import glob\nfor g in glob.glob('../../../source/*/*') + glob.glob('/*/*/source'):\n"
                                      "    print(open(g).read())")),
    Handed("others submissions", code("import os\nprint(os.listdir('COURSE/submitted'))")),
    Handed("gradebook", code("print(open('COURSE/gradebook.db', 'rb').read())")),
    Handed("hook before each cell", code("get_ipython().events.register('pre_run_cell', lambda i: print(i.raw_cell))")),
    Handed("known mistakes of the grader", code("import glob\nprint([open(p).read() for p in glob.glob('COURSE/grader/*/*')])\n"
                                                "import os\nprint(os.listdir('.'), os.listdir('/examiner'))")),
    Handed("exception with all that it knows", code(
        "import gc, inspect\ndef center(x):\n    raise ValueError(str([f.frame.f_locals for f in inspect.stack()])[:9000])")),
]  # fmt: skip


@run_in_engine(ATTACKS)
def test_in_the_engine(attack, arena):
    arena.hold(attack)


@hand_in_to_class("reading_the_tests", HANDED)
def test_in_the_class(handed, graded):
    graded.hold(handed)
