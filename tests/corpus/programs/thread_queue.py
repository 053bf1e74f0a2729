"""A producer hands over objects to a consumer thread."""

import queue
import threading


class Job:
    def __init__(self, number):
        self.number = number
        self.result = None


def produce(jobs, all_jobs):
    for job in all_jobs:
        job.number += 1
        jobs.put(job)
    jobs.put(None)


def consume(jobs):
    while (job := jobs.get()) is not None:
        job.result = job.number * 2


def main():
    jobs = queue.Queue()
    all_jobs = [Job(number) for number in range(3)]
    threads = [threading.Thread(target=produce, args=(jobs, all_jobs)), threading.Thread(target=consume, args=(jobs,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [job.result for job in all_jobs]
