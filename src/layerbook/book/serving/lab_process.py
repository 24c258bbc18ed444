"""The program that `lab.py` starts: JupyterLab, which ends when the one who started it is gone.

It is run as a file, so that it starts without the book's libraries.
"""

import os
import signal
import sys
import threading


def _end_with_the_parent() -> None:
    """Nothing is ever written to stdin; it ends when the parent does, even if that one was killed."""
    os.read(0, 1)  # not sys.stdin, whose lock would be held when the interpreter ends
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    from jupyterlab.labapp import main

    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    sys.exit(main())
