"""Processes share nothing but what they send back through a pipe each."""

import multiprocessing


def crunch(numbers, pipe):
    totals = {"sum": 0, "squares": 0}
    for number in numbers:
        totals["sum"] += number
        totals["squares"] += number * number
    pipe.send(totals)
    pipe.close()


def main():
    context = multiprocessing.get_context("fork")
    totals = {"sum": 0, "squares": 0}
    running = []
    for numbers in ([1, 2, 3], [4, 5]):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=crunch, args=(numbers, theirs))
        process.start()
        running.append((process, ours))
    for process, pipe in running:
        for key, value in pipe.recv().items():
            totals[key] += value
        process.join()
    return totals
