"""A threading HTTP server redeems vouchers: a voucher that is in the table is paid out and struck off."""

import http.client
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Redeem(BaseHTTPRequestHandler):
    vouchers = {"SPRING": 20}
    paid = []

    def do_POST(self):
        code = self.path.removeprefix("/redeem/")
        value = self.vouchers.get(code)
        if value is None:
            self.send_response(410)
        else:
            self.paid.append(self.pay(value))
            self.vouchers.pop(code, None)
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def pay(self, value):
        time.sleep(0.001)
        return value

    def log_message(self, *args):
        """Nothing is logged."""


def customer(port, statuses, comes):
    time.sleep(comes)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("POST", "/redeem/SPRING")
    statuses.append(connection.getresponse().status)
    connection.close()


def main():
    Redeem.vouchers, Redeem.paid = {"SPRING": 20}, []
    with ThreadingHTTPServer(("127.0.0.1", 0), Redeem) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        statuses = []
        customers = [threading.Thread(target=customer, args=(server.server_port, statuses, comes)) for comes in (0, 0.1)]
        for each in customers:
            each.start()
        for each in customers:
            each.join()
        server.shutdown()
        serving.join()
    return sorted(statuses), Redeem.paid
