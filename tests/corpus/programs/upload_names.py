"""Uploads keep their names; if there is a file of that name already, a number is added."""

import tempfile
import threading
import time
from pathlib import Path


class UploadSet:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _candidates(self, name):
        wanted = self.folder / name
        yield wanted
        number = 1
        while True:
            yield wanted.with_stem(f"{wanted.stem}_{number}")
            number += 1

    def save(self, name: str, data: bytes) -> str:
        for target in self._candidates(name):
            if not target.exists():
                target.write_bytes(data)
                return target.name
        raise AssertionError("there is always another name")


class Upload(threading.Thread):
    def __init__(self, uploads, name, data):
        super().__init__()
        self.uploads, self.file = uploads, (name, data)
        self.network = 0.0004 * len(data)

    def run(self):
        time.sleep(self.network)
        self.uploads.save(*self.file)


def main():
    with tempfile.TemporaryDirectory() as folder:
        uploads = UploadSet(Path(folder))
        uploads.save("cv.pdf", b"of Ada")
        cvs = [b"of Grace", b"of Edsger" + b", a talk" * 6, b"of Barbara" + b" and so on" * 10]
        senders = [Upload(uploads, "cv.pdf", data) for data in cvs]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        return sorted(path.read_bytes().decode()[:12] for path in Path(folder).iterdir())


if __name__ == "__main__":
    print(main())
