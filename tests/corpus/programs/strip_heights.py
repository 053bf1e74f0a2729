"""A terrain is cut into strips, and processes write the highest point of each strip into one shared array."""

import multiprocessing

WIDTH = 40


def height(row, column):
    return (row * 37 + column * 91) % 113


def scan(heights, totals, worker, workers):
    """Does every `workers`-th strip; no strip is done by two."""
    for strip in range(worker, len(heights), workers):
        points = [height(strip, column) for column in range(WIDTH)]
        heights[strip] = max(points)
        totals[worker] += sum(points)


def main():
    context = multiprocessing.get_context("fork")
    heights = context.Array("i", 12, lock=False)
    totals = context.Array("q", 3, lock=False)
    scanners = [context.Process(target=scan, args=(heights, totals, worker, 3)) for worker in range(3)]
    for scanner in scanners:
        scanner.start()
    for scanner in scanners:
        scanner.join()
    return list(heights), sum(totals)
