# A server that prints which signals it receives. SIGTERM is the last.
import os
import signal
import sys

CATCHABLE = [
    number
    for number in sorted(signal.valid_signals())
    if number not in (signal.SIGKILL, signal.SIGSTOP)
]


def tell(number, frame):
    os.write(1, b"%d\n" % number)


if __name__ == "__main__":
    for number in CATCHABLE:
        signal.signal(number, tell)
    os.write(1, b"ready\n")
    sys.stdin.read()
