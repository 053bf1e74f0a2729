"""Spectral lines of many particles are evaluated block by block on a pool of threads.

After https://github.com/kyleaoman/martini/pull/99
"""

import math
import time
from concurrent.futures import ThreadPoolExecutor


class Source:
    """A galaxy whose particles lie in blocks of a snapshot file."""

    def __init__(self, blocks):
        self._blocks = blocks

    def __len__(self):
        return len(self._blocks)

    def read(self, index):
        time.sleep(0.04 * index)
        return self._blocks[index]


class GaussianSpectrum:
    def __init__(self, channels, width):
        self.channels = channels
        self.width = width
        self.spectra = None

    def init_spectra(self, source, jobs=2):
        with ThreadPoolExecutor(jobs) as pool:
            self.spectra = list(pool.map(lambda index: self._evaluate(source.read(index)), range(len(source))))

    def _evaluate(self, block):
        centre, mass = block
        low = self._cumulative(self.channels[0], centre)
        spectrum = []
        for edge in self.channels[1:]:
            high = self._cumulative(edge, centre)
            spectrum.append(round(mass * (high - low), 3))
            low = high
        return spectrum

    def _cumulative(self, edge, centre):
        return 0.5 * (1 + math.erf((edge - centre) / (math.sqrt(2) * self.width)))

    def total(self):
        return round(sum(map(sum, self.spectra)), 1)


def main():
    source = Source([(10.0, 2.0), (20.0, 3.0), (15.0, 5.0)])
    model = GaussianSpectrum(channels=[0, 12, 18, 30], width=0.5)
    model.init_spectra(source)
    return model.spectra, model.total()


if __name__ == "__main__":
    spectra, total = main()
    assert total == 10.0, total
    for row in spectra:
        print(*row)
