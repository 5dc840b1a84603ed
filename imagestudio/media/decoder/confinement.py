"""What a decoding process gives up of the system, for good: files but those that it runs on, and the network.

Landlock (docs.kernel.org/userspace-api/landlock.html), where the kernel is 5.13 or newer and has it on:
nothing is opened but the interpreter, the libraries, the studio's code and the fonts, and these only to read.
A seccomp filter (docs.kernel.org/userspace-api/seccomp_filter.html), on 64-bit x86 and ARM: no socket is
made, no program started, no other process touched. Neither needs a right that a container withholds; where
one is missing, the start and `imagestudio check` say so.
"""

import ctypes
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""Landlock's system calls, of the same number on every machine."""
VERSION_ONLY, PATH_BENEATH = 1, 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""What can be taken away of files, by the first version of Landlock that knows it."""
TCP_FROM, SCOPES_FROM = 4, 6
NO_NEW_PRIVILEGES, GET_SECCOMP, SECCOMP, FILTER = 38, 21, 22, 2

FORBIDDEN = {
    # socket, execve, execveat, ptrace, kill, process_vm_readv and _writev, bpf, userfaultfd, and, of the same
    # number on every machine, pidfd_send_signal, io_uring_setup, pidfd_getfd.
    "x86_64": (0xC000003E, (41, 59, 322, 101, 62, 310, 311, 321, 323, 424, 425, 438)),
    "aarch64": (0xC00000B7, (198, 221, 281, 117, 129, 270, 271, 280, 282, 424, 425, 438)),
}
"""By machine, its AUDIT_ARCH (linux/audit.h) and the numbers of the calls."""
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 13
"""SECCOMP_RET_ALLOW, and SECCOMP_RET_ERRNO with EACCES."""
X32 = 0x40000000
"""From here on the numbers of x86-64's second set of calls."""

CODE = ("site-packages", "dist-packages", "lib-dynload")
SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache",
    "/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/dev/null", "/dev/urandom",
)  # fmt: skip


def give_up() -> None:
    """Confine this process, its threads to come and its children, as far as the system can."""
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        _call(libc.prctl, NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        for part in (_keep_files, _keep_calls):
            with suppress(OSError):
                part(libc)


def missing() -> tuple[str, ...]:
    """What this system has no way to keep from a decoding process: `files`, `network`. It only asks."""
    if sys.platform != "linux":
        return ("files", "network")
    libc = ctypes.CDLL(None, use_errno=True)
    version, filters = 0, platform.machine() in FORBIDDEN
    with suppress(OSError):
        version = _call(libc.syscall, CREATE_RULESET, None, 0, VERSION_ONLY)
    try:
        _call(libc.prctl, GET_SECCOMP, 0, 0, 0, 0)
    except OSError:
        filters = False
    lacking = {"files": version < 1, "network": version < TCP_FROM and not filters}
    return tuple(name for name, lacks in lacking.items() if lacks)


def _keep_files(libc: ctypes.CDLL) -> None:
    version = _call(libc.syscall, CREATE_RULESET, None, 0, VERSION_ONLY)
    rights = RIGHTS[max(known for known in RIGHTS if known <= version)]
    tcp, scopes = (3 if version >= since else 0 for since in (TCP_FROM, SCOPES_FROM))
    attributes = struct.pack("=QQQ", rights, tcp, scopes)
    rules = _call(libc.syscall, CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path in _readable():
            with suppress(OSError):  # not on this system
                _allow_reading(libc, rules, path)
        _call(libc.syscall, RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _allow_reading(libc: ctypes.CDLL, rules: int, path: str) -> None:
    beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = READ_FILE | READ_DIR if Path(path).is_dir() else READ_FILE
        _call(libc.syscall, ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", rights, beneath), 0)
    finally:
        os.close(beneath)


def _readable() -> Iterator[str]:
    """What the code is in, and never the folder around it: the data may lie there."""
    yield str(Path(__file__).parents[2])
    yield from (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield from (path for path in sys.path if path.endswith(CODE))
    yield from SYSTEM


def _keep_calls(libc: ctypes.CDLL) -> None:
    if platform.machine() not in FORBIDDEN:
        return
    machine, calls = FORBIDDEN[platform.machine()]
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, machine), (RETURN, 0, 0, REFUSE), (LOAD, 0, 0, 0)]
    last = len(calls) + 1  # steps from the first comparison to the refusal
    steps.append((AT_LEAST, last, 0, X32))
    steps += [(EQUAL, last - number, 0, call) for number, call in enumerate(calls, 1)]
    steps += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    described = struct.pack("@HP", len(steps), ctypes.addressof(program))
    _call(libc.prctl, SECCOMP, FILTER, ctypes.c_char_p(described), 0, 0)


def _call(function: "ctypes._NamedFuncPointer", *arguments: object) -> int:
    """Raises `OSError`. Whole numbers go as wide as a register: the kernel reads all of it."""
    wide = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result: int = function(*wide)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
