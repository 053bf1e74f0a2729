"""A parcel shop: whoever brings a parcel gets a number, and the shelf has the parcels by their numbers."""

import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ParcelShop(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, address, handler):
        super().__init__(address, handler)
        self.last_number = 100
        self.shelf = {}

    def accept(self, parcel):
        number = self.last_number + 1
        self.shelf[number] = self.label(parcel)
        self.last_number = number
        return number

    @staticmethod
    def label(parcel):
        return f"{parcel['to']} ({parcel['grams']} g)"


class Counter(BaseHTTPRequestHandler):
    def do_POST(self):
        parcel = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = str(self.server.accept(parcel)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


def bring(port, parcel, comes, numbers):
    time.sleep(comes)
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", data=json.dumps(parcel).encode())
    with urllib.request.urlopen(request) as answer:
        numbers.append(int(answer.read()))


def main():
    numbers = []
    with ParcelShop(("127.0.0.1", 0), Counter) as shop:
        opened = threading.Thread(target=shop.serve_forever, args=(0.01,))
        opened.start()
        parcels = [({"to": "Riga", "grams": 300}, 0), ({"to": "Oulu", "grams": 80}, 0.02), ({"to": "Gent", "grams": 950}, 0.04)]
        people = [threading.Thread(target=bring, args=(shop.server_port, parcel, comes, numbers)) for parcel, comes in parcels]
        for person in people:
            person.start()
        for person in people:
            person.join()
        shop.shutdown()
        opened.join()
    return sorted(numbers), sorted(shop.shelf.values())


if __name__ == "__main__":
    print(main())
