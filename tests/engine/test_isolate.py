"""What a learner's process is refused, tried from a learner's cell; and that ordinary work is not."""

import errno
import platform

import pytest

from layerbook.engine import isolate, seccomp

EPERM, ENOSYS = errno.EPERM, errno.ENOSYS
NEW_NAMESPACES = {
    "user": isolate.CLONE_NEWUSER,
    "mount": isolate.CLONE_NEWNS,
    "pid": isolate.CLONE_NEWPID,
    "net": isolate.CLONE_NEWNET,
    "ipc": isolate.CLONE_NEWIPC,
    "uts": isolate.CLONE_NEWUTS,
    "cgroup": 0x02000000,
}
SIGCHLD = 17
TRY = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def attempt(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
    return ctypes.get_errno() if result == -1 else f"went through: {result}"
"""

pytestmark = pytest.mark.skipif(
    platform.machine() not in seccomp.MACHINES, reason="no filter for this machine"
)


@pytest.fixture
def attempt(run):
    """`attempt("f(1)", ...)` runs expressions in a learner's cell and gives their values."""

    def attempts(*expressions, before=""):
        ran = run(("learner", TRY + before), ("learner", f"[{', '.join(expressions)}]"))
        assert not ran.error(0), ran.text(0)
        assert not ran.error(1), ran.text(1)
        return eval(ran.text(1), {})

    return attempts


def number(table):
    return table[seccomp.MACHINES[platform.machine()][0]]


def test_every_refused_call_fails_with_eperm(attempt):
    names = list(seccomp.REFUSED)
    answers = attempt(*(f"attempt({number(seccomp.REFUSED[name])}, 0, 0, 0, 0, 0, 0)" for name in names))
    assert dict(zip(names, answers, strict=True)) == dict.fromkeys(names, EPERM)


@pytest.mark.parametrize("name", NEW_NAMESPACES)
def test_no_namespace_can_be_made(name, attempt):
    flag = NEW_NAMESPACES[name]
    child = "os._exit(0) if result == '0' else None"
    assert child
    answers = attempt(
        f"attempt({number(seccomp.REFUSED['unshare'])}, {flag})",
        f"attempt({number(seccomp.CLONE)}, {flag | SIGCHLD}, 0, 0, 0, 0)",
        f"attempt({number(seccomp.CLONE)}, {flag | SIGCHLD | 1 << 40}, 0, 0, 0, 0)",
    )
    assert answers == [EPERM, EPERM, EPERM]


def test_clone3_seems_not_to_exist(attempt):
    assert attempt(f"attempt({number(seccomp.CLONE3)}, 0, 88)") == [ENOSYS]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the second set of calls is x86_64's")
def test_calls_by_their_x32_numbers_seem_not_to_exist(attempt):
    numbers = [seccomp.X32 | n for n in (272, 165, 101, 39)]
    assert attempt(*(f"attempt({n}, 0, 0)" for n in numbers)) == [ENOSYS] * 4


@pytest.mark.skipif(platform.machine() != "x86_64", reason="machine code of x86_64")
def test_calls_by_the_32_bit_entrance_seem_not_to_exist(attempt):
    # mov eax, 20 (getpid there); int 0x80; ret
    enter = """
import mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b814000000cd80c3"))
enter = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
"""
    assert attempt("enter()", before=enter) == [-ENOSYS]


@pytest.mark.parametrize(
    "call", ["unshare(0x10000000)", "mount(b'tmpfs', b'/learner', b'tmpfs', 0, 0)", "umount2(b'/proc', 2)", "umount2(b'/learner', 2)", "chroot(b'/learner')", "ptrace(0, 0, 0, 0)", "setns(0, 0)"],
)  # fmt: skip
def test_the_c_librarys_functions_are_refused_too(call, attempt):
    assert attempt(f"(libc.{call}, ctypes.get_errno())") == [(-1, EPERM)]


def test_a_child_and_a_program_are_refused_as_well(attempt):
    before = """
import subprocess, sys
def in_child():
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, str(libc.unshare(0x10000000)).encode()); os._exit(0)
    os.wait()
    return os.read(read, 10)
program = "import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))"
"""
    answers = attempt(
        "in_child()",
        "subprocess.run([sys.executable, '-S', '-c', program], capture_output=True).stdout",
        before=before,
    )
    assert answers == [b"-1", b"-1\n"]


def test_no_capability_is_left_nor_comes_back(attempt):
    before = """
header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
got = libc.capget(header, sets)
full = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
"""
    answers = attempt(
        "(got, list(sets))",
        "libc.capset(header, full)",
        "libc.prctl(39, 0, 0, 0, 0)",
        "libc.prctl(24, 21, 0, 0, 0)",
        before=before,
    )
    assert answers == [(0, [0] * 6), -1, 1, -1]  # 39 asks for "no new privileges"


def test_the_filter_cannot_be_taken_off(attempt):
    assert attempt(
        "libc.prctl(22, 0, 0, 0, 0)", f"attempt({number(seccomp.REFUSED['unshare'])}, 0x10000000)"
    ) == [-1, EPERM]


def test_fork_programs_threads_and_pools_still_work(run):
    ran = run(
        ("learner", "import os\npid = os.fork()\nif pid == 0:\n    os._exit(7)\nos.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])"),
        ("learner", "import subprocess\nsubprocess.run(['echo', 'of a program'], capture_output=True, text=True).stdout"),
        ("learner", "import threading\nfound = []\nt = threading.Thread(target=found.append, args=(1,)); t.start(); t.join(); found"),
        ("learner", "def square(x):\n    return x * x"),
        ("learner", "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool:\n    print(pool.map(square, range(4)))"),
        ("learner", "from concurrent.futures import ThreadPoolExecutor\nlist(ThreadPoolExecutor(2).map(square, range(4)))"),
        ("learner", "import ctypes\nf = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x + 1)\nf(1)"),
        ("learner", "import tempfile\nwith tempfile.TemporaryFile() as file:\n    print(file.write(b'abc'))"),
        ("learner", "import torch\nprint(torch.ones(3).sum().item())\na = np.random.rand(300, 300); (a @ a).shape"),
    )  # fmt: skip
    wanted = [
        "7",
        "'of a program\\n'",
        "[1]",
        "",
        "[0, 1, 4, 9]\n",
        "[0, 1, 4, 9]",
        "2",
        "3\n",
        "3.0\n(300, 300)",
    ]
    assert [ran.text(n) for n in range(9)] == wanted
    assert ran.end == ""


def test_limits_of_one_process_are_set(attempt):
    from engine_runs import LIMITS

    asked = ["NOFILE", "FSIZE", "NPROC", "CORE", "MSGQUEUE", "CPU"]
    answers = attempt(
        *(f"resource.getrlimit(resource.RLIMIT_{name})" for name in asked), before="import resource"
    )
    wanted = [LIMITS.open_files, LIMITS.file_size, LIMITS.processes, 0, 0, int(LIMITS.submission_seconds) + 1]
    assert answers == [(value, value) for value in wanted]


def test_private_folders_are_small_and_the_rest_is_read_only(attempt):
    before = """
def fill(folder):
    written = 0
    try:
        for number in range(100):
            with open(f"{folder}/{number}", "wb") as file:
                for _ in range(20):
                    written += file.write(b"x" * 2**20)
    except OSError as error:
        return error.errno, written // 2**20
def write(path):
    try:
        open(path, "w").close()
    except OSError as error:
        return error.errno
    return "written"
"""
    places = ["/usr/x", "/etc/x", "/proc/x/y", "/x", "/dev/x", "/proc/sys/kernel/hostname"]
    answers = attempt(
        "fill('/learner')", "fill('/dev/shm')", *(f"write({place!r})" for place in places), before=before
    )
    assert [a[0] for a in answers[:2]] == [errno.ENOSPC] * 2
    assert all(50 <= a[1] <= 64 for a in answers[:2])
    assert "written" not in answers[2:]


def test_a_machine_of_another_kind_has_no_filter_and_no_error(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    monkeypatch.setattr(seccomp, "_libc", None)  # would raise if it were called
    assert seccomp.refuse_calls() is False


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_filter_answers_as_its_table_says(machine):
    """The program itself, interpreted here, for both machines."""
    column, architecture = seccomp.MACHINES[machine]
    eperm, enosys = seccomp.ERRNO | EPERM, seccomp.ERRNO | ENOSYS
    program = seccomp.program(machine)
    refused = {numbers[column] for numbers in seccomp.REFUSED.values()}
    special = refused | {seccomp.CLONE[column], seccomp.CLONE3[column]}
    assert len(special) == len(seccomp.REFUSED) + 2
    for call in range(600):
        answer = interpret(program, architecture, call)
        wanted = eperm if call in refused else enosys if call == seccomp.CLONE3[column] else seccomp.ALLOW
        assert answer == wanted, call
        assert interpret(program, architecture ^ 0x80000000, call) == enosys
        assert interpret(program, architecture, call | seccomp.X32) == enosys
    for flag in NEW_NAMESPACES.values():
        assert interpret(program, architecture, seccomp.CLONE[column], flag | SIGCHLD) == eperm
    threads = 0x003D0F00  # what the C library asks for to make a thread
    assert interpret(program, architecture, seccomp.CLONE[column], threads) == seccomp.ALLOW


def interpret(program, architecture, call, first=SIGCHLD):
    data = {seccomp.ARCHITECTURE: architecture, seccomp.NUMBER: call, seccomp.FIRST_ARGUMENT: first}
    tests = {
        seccomp.IF_EQUAL: int.__eq__,
        seccomp.IF_AT_LEAST: int.__ge__,
        seccomp.IF_ANY_BIT: lambda a, b: bool(a & b),
    }
    place = accumulator = 0
    while True:
        code, if_true, if_false, value = program[place]
        if code == seccomp.RETURN:
            return value
        if code == seccomp.LOAD:
            accumulator = data[value]
        else:
            place += if_true if tests[code](accumulator, value) else if_false
        place += 1


@pytest.mark.parametrize("named", ["", "# torch"])
def test_a_learner_process_has_its_link_and_nothing_else_of_the_others(named, run):
    source = f"""{named}
import os, stat
kinds = []
for number in range(256):
    try:
        about = os.fstat(number)
    except OSError:
        continue
    kinds.append("null" if about.st_rdev == os.stat(os.devnull).st_rdev else stat.filemode(about.st_mode)[0])
"""
    assert run(("learner", source), ("learner", "kinds")).text(1) == "['null', 'null', 'null', 's']"
