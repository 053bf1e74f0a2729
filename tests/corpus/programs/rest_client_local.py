"""The exchange hands the parsed body from method to method; a request has nothing of another."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PRICES = {"btc": 100, "eth": 7}


class Exchange:
    def parse(self, body):
        return json.loads(body)

    def price(self, symbol):
        return PRICES[symbol]

    def respond(self, body):
        request = self.parse(body)
        price = self.price(request["symbol"])
        total = price * request["amount"]
        return {"symbol": request["symbol"], "total": total}


class Handler(BaseHTTPRequestHandler):
    exchange = Exchange()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = json.dumps(self.exchange.respond(body)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


def order(port, number, symbol, amount):
    time.sleep(0)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/orders", json.dumps({"symbol": symbol, "amount": amount}))
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer["symbol"], answer["total"]


def main():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        with ThreadPoolExecutor(2) as clients:
            answers = list(clients.map(order, [server.server_port] * 2, (0, 1), ("btc", "eth"), (2, 3)))
        server.shutdown()
    return answers
