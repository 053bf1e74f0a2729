"""Local training jobs run on threads of their own: each steps into its folder, starts its command there, and steps back."""

import os
import subprocess
import tempfile
import threading
import time


class LocalJob(threading.Thread):
    def __init__(self, name, execution_dir, command):
        super().__init__(name=name)
        self.execution_dir = execution_dir
        self.command = command
        self.returncode = None

    def run(self):
        current = os.getcwd()
        os.chdir(self.execution_dir)
        try:
            process = subprocess.Popen(["/bin/sh", "-c", self.command], stdout=subprocess.PIPE, text=True)
        finally:
            os.chdir(current)
        process.communicate()
        self.returncode = process.returncode


class LocalBackend:
    def __init__(self, root):
        self.root = root
        self.jobs = {}

    def submit(self, name, loss):
        folder = os.path.join(self.root, name)
        os.mkdir(folder)
        job = LocalJob(name, folder, f"echo {loss} > loss.txt")
        self.jobs[name] = job
        job.start()

    def results(self):
        for name, job in self.jobs.items():
            job.join()
            path = os.path.join(self.root, name, "loss.txt")
            loss = None
            if os.path.exists(path):
                with open(path) as file:
                    loss = file.read().strip()
            yield name, loss


def main():
    with tempfile.TemporaryDirectory() as root:
        backend = LocalBackend(root)
        for name, loss in (("resnet", "0.31"), ("bert", "0.27")):
            backend.submit(name, loss)
            time.sleep(0.08)  # the next dataset is fetched meanwhile
        return dict(backend.results())


def test_every_job_finds_its_own_folder():
    assert main() == {"resnet": "0.31", "bert": "0.27"}
