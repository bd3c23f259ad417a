"""Processes that fork while they are being stopped; see child.sh."""

import os
import signal
import sys
import time

HEADS = 3
LIMIT = 100


def say_ready(ready, name):
    with open(os.path.join(ready, name + ".tmp"), "w") as file:
        file.write(f"{os.getpid()}\n")
    os.rename(os.path.join(ready, name + ".tmp"), os.path.join(ready, name))


def forker(ready, name):
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    say_ready(ready, name)
    forked = 0
    while True:
        if asked and forked < LIMIT:
            forked += 1
            if os.fork() == 0:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                time.sleep(600)
                os._exit(0)
        time.sleep(0.005)


def hydra(ready, name):
    head = 0

    def asked(*_):
        nonlocal head
        if head >= HEADS:
            os._exit(0)
        if os.fork() > 0:
            os._exit(0)
        os.setsid()
        head += 1

    signal.signal(signal.SIGTERM, asked)
    say_ready(ready, name)
    while True:
        time.sleep(600)


{"forker": forker, "hydra": hydra}[sys.argv[1]](sys.argv[2], sys.argv[3])
