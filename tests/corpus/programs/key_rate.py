"""Generator processes report to a shared meter how many keys they have made and how many were hits."""

import multiprocessing


class Meter:
    def __init__(self, context):
        self.generated = context.Value("q", 0)
        self.hits = context.Value("q", 0)

    def report(self, batch):
        self.generated.value += len(batch)
        for key in batch:
            if key % 7 == 0:
                self.hits.value += 1


class Generator:
    def __init__(self, meter, first, step):
        self.meter = meter
        self.first = first
        self.step = step

    def batches(self, count, size):
        key = self.first
        for _ in range(count):
            batch = []
            for _ in range(size):
                batch.append(key)
                key += self.step
            yield batch

    def run(self):
        for batch in self.batches(3, 10):
            self.meter.report(batch)


def main():
    context = multiprocessing.get_context("fork")
    meter = Meter(context)
    processes = [context.Process(target=Generator(meter, first, 2).run) for first in (0, 1)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return meter.generated.value, meter.hits.value
