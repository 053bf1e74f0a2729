"""A threaded server adds the size of every page it sends to the totals of its class."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen


class Server(ThreadingHTTPServer):
    daemon_threads = False


class Pages(BaseHTTPRequestHandler):
    totals = {}

    def do_GET(self):
        kind = self.path.split("/")[1]
        self.totals[kind] = self.totals.get(kind, 0) + self.send_page()

    def send_page(self):
        body = b"x" * int(self.path.split("/")[2])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)

    def log_message(self, *args):
        pass


def visit(url, after, read):
    time.sleep(after)
    with urlopen(url) as response:
        read.append(len(response.read()))


def main():
    Pages.totals.clear()
    server = Server(("127.0.0.1", 0), Pages)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    url = f"http://127.0.0.1:{server.server_port}/img"
    read = []
    visitors = [threading.Thread(target=visit, args=(f"{url}/{size}", after, read)) for size, after in ((30, 0), (12, 0.15))]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    server.shutdown()
    server.server_close()
    serving.join()
    return sorted(read), Pages.totals["img"]
