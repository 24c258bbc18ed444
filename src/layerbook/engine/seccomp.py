"""System calls that no exercise needs and that a learner's process is therefore refused.

A user namespace of its own would make a process the master of new mounts, and a file system mounted there has
no size that anybody set; memory that belongs to no mapping is counted by none of the limits. Such calls fail
with EPERM, `clone3` with ENOSYS, because a filter cannot see its flags and the C library then takes `clone`.
It is a list of what is refused, not of what is allowed: a call that a later kernel brings passes. It is one
wall behind others (namespaces, no capabilities, limits), none of which relies on it.

Sources: the manual pages seccomp(2), prctl(2), syscall(2), clone(2), and of Linux's headers asm/unistd_64.h
(x86_64), asm-generic/unistd.h (aarch64), linux/audit.h, linux/filter.h, linux/seccomp.h.
"""

from __future__ import annotations

import ctypes
import errno
import platform

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ALLOW, ERRNO = 0x7FFF0000, 0x00050000  # what a filter answers; the number of the error is added to ERRNO
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, of little-endian machines
LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # instructions of classic BPF
X32 = 0x40000000  # added to the numbers of x86_64's second set of calls
CLONE_NEW = 0x7E020000  # all of clone's flags that ask for a new namespace

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column below, name in audit.h
REFUSED = {
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # memory that is in no mapping, file or folder with a limit
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    # the kernel itself, and parts of it that have often been broken into
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}
CLONE, CLONE3 = (56, 220), (435, 435)

_libc = ctypes.CDLL(None, use_errno=True)


class Instruction(ctypes.Structure):
    """`struct sock_filter`."""

    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(Instruction)))


def refuse_calls() -> bool:
    """Filter the calls of this process and of all that it starts, for good.

    Returns False, and changes nothing, on a machine of another kind or with a kernel that has no seccomp:
    the other walls stand without it. "No new privileges" must have been set before.
    """
    instructions = program(platform.machine())
    if not instructions:
        return False
    whole = Program(
        len(instructions), (Instruction * len(instructions))(*(Instruction(*i) for i in instructions))
    )
    return bool(_libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(whole), 0, 0) == 0)


def program(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter as (code, instructions to skip if true, if false, value); empty for an unknown machine."""
    if machine not in MACHINES:
        return []
    column, architecture = MACHINES[machine]
    denied, unknown = (RETURN, 0, 0, ERRNO | errno.EPERM), (RETURN, 0, 0, ERRNO | errno.ENOSYS)
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (IF_EQUAL, 1, 0, architecture),
        unknown,  # the numbers of a 32-bit program would mean other calls
        (LOAD, 0, 0, NUMBER),
        (IF_AT_LEAST, 0, 1, X32),
        unknown,
        (IF_EQUAL, 0, 1, CLONE3[column]),
        unknown,
    ]
    for numbers in REFUSED.values():
        lines += [(IF_EQUAL, 0, 1, numbers[column]), denied]
    return [
        *lines,
        (IF_EQUAL, 0, 3, CLONE[column]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (IF_ANY_BIT, 0, 1, CLONE_NEW),
        denied,
        (RETURN, 0, 0, ALLOW),
    ]
