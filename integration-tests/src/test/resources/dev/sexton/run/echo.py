# A server that immediately sends back what it receives.
import os

while data := os.read(0, 1 << 16):
    while data:
        data = data[os.write(1, data):]
