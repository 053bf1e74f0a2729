"""A service that validates descriptions of genetic variants; one validator serves all requests.

After https://github.com/openvar/variantValidator/issues/421
"""

import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GENES = {"NM_000088.3": "COL1A1", "NM_004006.2": "DMD"}


class Validator:
    def __init__(self):
        self.original = None
        self.reference = None
        self.warnings = []

    def validate(self, description):
        self.original = description
        self.warnings = []
        self.reference, _, self.position = description.partition(":")
        if self.reference not in GENES:
            self.warnings.append("unknown reference")
        return self.output()

    def output(self):
        return {
            "submitted": self.original,
            "gene": GENES.get(self.reference),
            "position": self.position,
            "warnings": self.warnings,
        }


class Handler(BaseHTTPRequestHandler):
    validator = Validator()

    def do_POST(self):
        description = self.rfile.read(int(self.headers["Content-Length"])).decode()
        body = json.dumps(self.validator.validate(description)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def main():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        url = "http://{}:{}/".format(*server.server_address)
        answers = {}

        def ask(description, after):
            time.sleep(after)
            with urllib.request.urlopen(url, data=description.encode(), timeout=5) as reply:
                answers[description] = json.load(reply)

        askers = [
            threading.Thread(target=ask, args=("NM_000088.3:c.589G>T", 0.0)),
            threading.Thread(target=ask, args=("NM_004006.2:c.93+1G>T", 0.1)),
        ]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        server.shutdown()
        serving.join()
    return sorted((asked, answer["submitted"], answer["gene"]) for asked, answer in answers.items())


if __name__ == "__main__":
    print(*main(), sep="\n")
