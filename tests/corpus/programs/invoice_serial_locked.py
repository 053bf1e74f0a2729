"""Numbers of invoices come from a global that is counted up under a lock."""

import threading
from concurrent.futures import ThreadPoolExecutor

_serial = 0
_serial_lock = threading.Lock()


def pad(number):
    return str(number).zfill(4)


def next_invoice(customer):
    global _serial
    with _serial_lock:
        _serial += 1
        number = _serial
    return f"{customer[:2].upper()}-{pad(number)}"


def main():
    global _serial
    _serial = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        invoices = list(pool.map(next_invoice, ["acme", "acorn", "acid"]))
    return len(set(invoices)), _serial
