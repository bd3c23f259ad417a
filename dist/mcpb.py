"""Makes an MCP bundle (.mcpb) of a bundle, for clients that install an MCP server from one file.

    mcpb.py BUNDLE VERSION TIME DIRECTORY

It is a zip file with a manifest and the bundle's files. It is the same, byte for byte, for the same
bundle. See https://github.com/modelcontextprotocol/mcpb.
"""

import datetime
import json
import pathlib
import sys
import zipfile


def main(bundle, version, time, directory):
    bundle = pathlib.Path(bundle)
    moment = datetime.datetime.fromisoformat(time).timetuple()[:6]
    target = pathlib.Path(directory) / f"{bundle.name}.mcpb"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        add(archive, "manifest.json", (json.dumps(manifest(version), indent=2) + "\n").encode(), moment, False)
        for file in sorted(file for file in bundle.rglob("*") if file.is_file()):
            name = file.relative_to(bundle).as_posix()
            add(archive, name, file.read_bytes(), moment, bool(file.stat().st_mode & 0o100))
    print(target)


def manifest(version):
    return {
        "manifest_version": "0.3",
        "name": "sexton",
        "display_name": "Sexton",
        "version": version,
        "description": "Background sessions for agents: processes and containers that end with their client",
        "author": {"name": "The Sexton authors"},
        "license": "Apache-2.0",
        "server": {
            "type": "binary",
            "entry_point": "bin/sexton",
            "mcp_config": {"command": "${__dirname}/bin/sexton", "args": ["mcp"]},
        },
        "tools_generated": True,
        "compatibility": {"platforms": ["linux"]},
    }


def add(archive, name, content, moment, executable):
    entry = zipfile.ZipInfo(name, moment)
    entry.external_attr = (0o100755 if executable else 0o100644) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


if __name__ == "__main__":
    main(*sys.argv[1:])
