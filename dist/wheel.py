"""Makes a Python wheel of a bundle, so that pip, pipx and uv can install the command.

    wheel.py BUNDLE VERSION TIME DIRECTORY

The wheel contains no Python. It installs the bundle's files into the prefix of the environment:
bin/sexton, lib/sexton and share/doc/sexton. It is the same, byte for byte, for the same bundle.
"""

import base64
import datetime
import hashlib
import pathlib
import re
import subprocess
import sys
import zipfile

# What manylinux expects on every system: https://peps.python.org/pep-0600/
SYSTEM_LIBRARIES = re.compile(r"(libc|libm|libdl|librt|libpthread|ld-linux-[a-z0-9-]+)\.so\.[0-9]+$")

# The first line of the launcher needs the env of coreutils 8.30. No system with an older glibc has it.
LAUNCHER_GLIBC = (2, 28)


def main(bundle, version, time, directory):
    bundle = pathlib.Path(bundle)
    version = version.replace("-SNAPSHOT", ".dev0")
    tag = f"py3-none-{platform(bundle)}"
    target = pathlib.Path(directory) / f"sexton-{version}-{tag}.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        write(Wheel(archive, datetime.datetime.fromisoformat(time)), bundle, version, tag)
    print(target)


def write(wheel, bundle, version, tag):
    data, info = f"sexton-{version}.data", f"sexton-{version}.dist-info"
    for file in sorted(file for file in bundle.rglob("*") if file.is_file()):
        name = file.relative_to(bundle).as_posix()
        if name == "bin/sexton":
            wheel.add(f"{data}/scripts/sexton", file.read_bytes(), executable=True)
        elif name != "share/doc/sexton/SHA256SUMS":  # the wheel has its own
            wheel.add(f"{data}/data/{name}", file.read_bytes(), bool(file.stat().st_mode & 0o100))
    wheel.add(f"{info}/METADATA", metadata(version))
    wheel.add(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: sexton\nRoot-Is-Purelib: false\nTag: {tag}\n".encode())
    wheel.finish(f"{info}/RECORD")


def metadata(version):
    return (
        "Metadata-Version: 2.1\n"
        "Name: sexton\n"
        f"Version: {version}\n"
        "Summary: When a server dies, everything it started is cleaned up\n"
        "License: Apache-2.0\n"
        "Requires-Python: >=3.8\n"
    ).encode()


class Wheel:
    """Writes the files of a wheel and their checksums."""

    def __init__(self, archive, time):
        self._archive = archive
        self._time = time.timetuple()[:6]
        self._records = []

    def add(self, name, content, executable=False):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self._records.append(f"{name},sha256={digest},{len(content)}\n")
        self._write(name, content, executable)

    def finish(self, name):
        self._write(name, ("".join(self._records) + f"{name},,\n").encode(), False)

    def _write(self, name, content, executable):
        entry = zipfile.ZipInfo(name, self._time)
        entry.external_attr = (0o100755 if executable else 0o100644) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._archive.writestr(entry, content)


def platform(bundle):
    """Returns the platform tag: the newest glibc that the launcher or a binary of the bundle needs."""
    needed, own, versions, machine = set(), set(), {LAUNCHER_GLIBC}, ""
    for file in bundle.rglob("*"):
        if not file.is_file() or file.open("rb").read(4) != b"\x7fELF":
            continue
        own.add(file.name)
        headers = subprocess.run(["objdump", "-p", file], check=True, capture_output=True, text=True).stdout
        needed.update(re.findall(r"NEEDED +(\S+)", headers))
        versions.update(tuple(map(int, found)) for found in re.findall(r"GLIBC_(\d+)\.(\d+)", headers))
        machine = "aarch64" if "aarch64" in headers else "x86_64"
    foreign = [name for name in needed - own if not SYSTEM_LIBRARIES.match(name)]
    if foreign:
        sys.exit(f"wheel.py: not every Linux has {', '.join(foreign)}")
    major, minor = max(versions)
    return f"manylinux_{major}_{minor}_{machine}"


if __name__ == "__main__":
    main(*sys.argv[1:])
