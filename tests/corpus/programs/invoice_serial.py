"""Numbers of invoices come from a global that is read, formatted and stored in three steps."""

from concurrent.futures import ThreadPoolExecutor

_serial = 0


def pad(number):
    return str(number).zfill(4)


def next_invoice(customer):
    global _serial
    number = _serial + 1
    text = f"{customer[:2].upper()}-{pad(number)}"
    _serial = number
    return text


def main():
    global _serial
    _serial = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        invoices = list(pool.map(next_invoice, ["acme", "acorn", "acid"]))
    return len(set(invoices)), _serial
