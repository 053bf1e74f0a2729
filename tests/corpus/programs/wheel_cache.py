"""Installers that run side by side keep what they download in one folder, each file with its content type.

After https://github.com/pypa/pip/issues/1141
"""

import json
import multiprocessing
import os
import shutil
import tempfile
import time
from pathlib import Path

INDEX = {"oak-1.0": (b"PK oak", "application/zip"), "elm-2.1": (b"\x1f\x8b elm", "application/x-gzip")}


class UnpackError(Exception):
    pass


def cache_download(target: Path, temp_location: Path, content_type: str) -> None:
    shutil.copyfile(temp_location, target)
    with open(f"{target}.content-type", "w") as type_file:
        type_file.write(content_type)
    os.unlink(temp_location)


def unpack(body: bytes, content_type: str) -> str:
    if content_type == "application/zip":
        return f"unzip {body[3:].decode()}"
    if content_type == "application/x-gzip":
        return f"untar {body[3:].decode()}"
    raise UnpackError(f"cannot unpack {content_type!r}")


def unpack_http_url(name: str, cache: Path) -> str:
    target = cache / name
    type_path = Path(f"{target}.content-type")
    if target.is_file() and type_path.is_file():
        return unpack(target.read_bytes(), type_path.read_text())
    body, content_type = INDEX[name]
    temp_location = cache / f"{name}.{os.getpid()}.tmp"
    temp_location.write_bytes(body)
    cache_download(target, temp_location, content_type)
    return unpack(body, content_type)


def install(names, cache, after, report):
    time.sleep(after)
    done = []
    for name in names:
        try:
            done.append(unpack_http_url(name, cache))
        except UnpackError as error:
            done.append(str(error))
    report.write_text(json.dumps(done))


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder, "cache")
        cache.mkdir()
        plans = [(["oak-1.0", "elm-2.1"], 0.0), (["oak-1.0"], 0.15)]
        reports = [Path(folder, f"report-{number}.json") for number in range(len(plans))]
        installers = [
            context.Process(target=install, args=(names, cache, after, report))
            for (names, after), report in zip(plans, reports, strict=True)
        ]
        for installer in installers:
            installer.start()
        for installer in installers:
            installer.join()
        return [json.loads(report.read_text()) for report in reports]


if __name__ == "__main__":
    print(main())
