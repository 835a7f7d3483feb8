"""Runs a command that ends when its parent does, even killed: `tether.py PARENT_PID COMMAND …`."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2), Linux; elsewhere the parent ends its children itself

parent, command = int(sys.argv[1]), sys.argv[2:]
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before the call
        sys.exit(1)
os.execv(command[0], command)  # noqa: S606
