"""The shipper logs after it released its lock."""

import logging
import threading


class Shipper(logging.Handler):
    def __init__(self):
        super().__init__()
        self._buffer_lock = threading.RLock()
        self.buffer = []
        self.shipped = []

    def emit(self, record):
        with self._buffer_lock:
            self.buffer.append(record.getMessage())

    def flush_buffer(self, logger):
        with self._buffer_lock:
            self.shipped.extend(self.buffer)
            self.buffer.clear()
        logger.debug("flushed")


def main():
    logger = logging.getLogger("orders")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    shipper = Shipper()
    logger.addHandler(shipper)
    try:
        logger.info("start")
        flushing = threading.Thread(target=shipper.flush_buffer, args=(logger,))
        working = threading.Thread(target=logger.info, args=("paid",))
        flushing.start()
        working.start()
        flushing.join()
        working.join()
    finally:
        logger.removeHandler(shipper)
    return sorted(shipper.shipped + shipper.buffer)
