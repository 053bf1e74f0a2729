"""The till of a bar posts its sales to a server; a sale sent again (the network is poor) carries the same number."""

import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Tab:
    def __init__(self):
        self.sales = {}
        self.balance = 50

    def seen(self, number):
        return number in self.sales

    def book(self, number, amount):
        self.balance -= amount
        self.sales[number] = amount


class Handler(BaseHTTPRequestHandler):
    tab = None

    def do_POST(self):
        sale = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._reply(self._sell(sale["number"], sale["amount"]))

    def _sell(self, number, amount):
        if self.tab.seen(number):
            return {"booked": False}
        time.sleep(0.002)
        self.tab.book(number, amount)
        return {"booked": True}

    def _reply(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def till(port, number, amount, pause, booked):
    time.sleep(pause)
    body = json.dumps({"number": number, "amount": amount}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/sales", data=body, method="POST")
    with urllib.request.urlopen(request) as reply:
        booked.append(json.load(reply)["booked"])


def main():
    Handler.tab = Tab()
    booked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        tills = [threading.Thread(target=till, args=(server.server_port, "s-17", 4, pause, booked)) for pause in (0, 0.1)]
        for each in tills:
            each.start()
        for each in tills:
            each.join()
        server.shutdown()
        serving.join()
    return Handler.tab.balance, sorted(booked)
