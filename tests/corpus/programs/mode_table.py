"""Image modes are looked up in a table of descriptors that is filled on first use."""

import threading

NAMES = {"1": ("L", 1), "L": ("L", 1), "RGB": ("RGB", 3), "RGBA": ("RGB", 4), "CMYK": ("RGB", 4), "YCbCr": ("RGB", 3)}


class ModeDescriptor:
    def __init__(self, mode, base, bands):
        self.mode = mode
        self.base = base
        self.bands = bands


_modes = {}


def get_mode(mode):
    if not _modes:
        for name, (base, bands) in NAMES.items():
            _modes[name] = ModeDescriptor(name, base, bands)
    return _modes[mode]


def convert(mode, bands, failures):
    try:
        bands.append(get_mode(mode).bands)
    except KeyError as error:
        failures.append(f"no mode {error}")


def main():
    bands, failures = [], []
    images = [threading.Thread(target=convert, args=(mode, bands, failures)) for mode in ("RGB", "YCbCr")]
    for image in images:
        image.start()
    for image in images:
        image.join()
    assert not failures, failures
    return bands


if __name__ == "__main__":
    print(main())
