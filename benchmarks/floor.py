"""The least a build must do: read YAML (CSafeLoader), validate (jsonschema-rs), write the same bytes to new files.

The bytes come from one file in memory order (`blob`), so that getting hold of them costs next to nothing.
"""

from __future__ import annotations

import json
import mmap
import sys
from pathlib import Path

import jsonschema_rs
import yaml


def main(services: Path, schema: Path, blob: Path, index: Path, out: Path) -> None:
    """Read and validate every service file, then write every file of `index` (path, offset, size) below `out`."""
    validator = jsonschema_rs.validator_for(json.loads(schema.read_text()))
    files = index.read_text().splitlines()
    with blob.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        view = memoryview(data)
        folders: set[str] = set()
        for service in sorted(services.iterdir()):
            with open(service, "rb") as file:  # noqa: PTH123  # the quickest way to read
                value = yaml.load(file.read(), Loader=yaml.CSafeLoader)  # it is the safe one
            if not validator.is_valid(value):
                raise SystemExit(f"{service} is not valid")
        for line in files:
            path, offset, size = line.split("\t")
            folder = path.rpartition("/")[0]
            if folder not in folders:
                (out / folder).mkdir(parents=True, exist_ok=True)
                folders.add(folder)
            with open(f"{out}/{path}", "wb", buffering=0) as file:  # noqa: PTH123
                file.write(view[int(offset) : int(offset) + int(size)])
        view.release()


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
