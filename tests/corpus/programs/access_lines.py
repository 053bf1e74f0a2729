"""Request threads write lines to one log; which line is first says nothing."""

import io
import logging
import threading


class Service:
    def __init__(self, logger):
        self.logger = logger

    def handle(self, path):
        self.logger.info("start %s", path)
        status = 404 if "missing" in path else 200
        self.logger.info("end %s %d", path, status)
        return status


def main():
    stream = io.StringIO()
    logger = logging.Logger("access", logging.INFO)
    logger.addHandler(logging.StreamHandler(stream))
    service = Service(logger)
    statuses = {}

    def request(path):
        statuses[path] = service.handle(path)

    threads = [threading.Thread(target=request, args=(path,)) for path in ("/home", "/missing")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(stream.getvalue().splitlines()), sorted(statuses.items())
