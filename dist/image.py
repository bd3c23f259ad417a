"""Writes directories as the layers of a container image: an archive in the OCI layout, with the
manifest.json that engines before Docker 25 read.

    image.py VERSION TIME ARCHIVE DIRECTORY…

All metadata is fixed, so that equal files give equal archives. Everything belongs to root.
"""

import datetime
import gzip
import hashlib
import io
import json
import pathlib
import platform
import sys
import tarfile


def main(version, time, archive, *directories):
    moment = datetime.datetime.fromisoformat(time)
    layers = [Blob(pack(pathlib.Path(directory), moment)) for directory in directories]
    config = Blob(encode(describe(version, time, layers)))
    manifest = Blob(encode({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": config.descriptor("application/vnd.oci.image.config.v1+json"),
        "layers": [layer.compressed.descriptor("application/vnd.oci.image.layer.v1.tar+gzip") for layer in layers],
    }))
    tag = f"sexton:{version}"
    reference = manifest.descriptor("application/vnd.oci.image.manifest.v1+json")
    reference["annotations"] = {"io.containerd.image.name": f"docker.io/library/{tag}", "org.opencontainers.image.ref.name": version}
    files = {
        "oci-layout": encode({"imageLayoutVersion": "1.0.0"}),
        "index.json": encode({"schemaVersion": 2, "manifests": [reference]}),
        "manifest.json": encode([
            {"Config": config.path, "RepoTags": [tag], "Layers": [layer.compressed.path for layer in layers]}
        ]),
    }
    for blob in [config, manifest, *(layer.compressed for layer in layers)]:
        files[blob.path] = blob.content
    with tarfile.open(archive, "w", format=tarfile.GNU_FORMAT) as out:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(content), int(moment.timestamp()), 0o644
            out.addfile(entry, io.BytesIO(content))
    print(archive)


def describe(version, time, layers):
    return {
        "created": time,
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()],
        "os": "linux",
        "config": {
            "Env": ["PATH=/usr/bin:/bin"],
            "Entrypoint": ["/usr/bin/sexton"],
            "Cmd": ["watch"],
            "Labels": {"org.opencontainers.image.title": "sexton", "org.opencontainers.image.version": version},
        },
        "rootfs": {"type": "layers", "diff_ids": [layer.digest for layer in layers]},
        "history": [{"created": time, "created_by": "dist/image"} for _ in layers],
    }


class Blob:
    """Some bytes that are named by their digest."""

    def __init__(self, content):
        self.content = content
        self.digest = "sha256:" + hashlib.sha256(content).hexdigest()
        self.path = "blobs/" + self.digest.replace(":", "/")

    @property
    def compressed(self):
        if not hasattr(self, "_compressed"):
            self._compressed = Blob(gzip.compress(self.content, 6, mtime=0))
        return self._compressed

    def descriptor(self, media_type):
        return {"mediaType": media_type, "digest": self.digest, "size": len(self.content)}


def pack(directory, moment):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for file in sorted(directory.rglob("*")):
            entry = archive.gettarinfo(file, file.relative_to(directory).as_posix())
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = int(moment.timestamp())
            if entry.isreg():
                with file.open("rb") as content:
                    archive.addfile(entry, content)
            else:
                archive.addfile(entry)
    return out.getvalue()


def encode(value):
    return json.dumps(value, indent=2, sort_keys=True).encode()


if __name__ == "__main__":
    main(*sys.argv[1:])
