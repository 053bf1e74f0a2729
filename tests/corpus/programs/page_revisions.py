"""A page on a server is written only by who read its newest revision; others are told 412, read it again and retry."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class PageHandler(BaseHTTPRequestHandler):
    guard = threading.Lock()
    revision, words = 0, ()

    def do_GET(self):
        page = PageHandler
        with page.guard:
            revision, words = page.revision, page.words
        self.answer(200, revision, " ".join(words))

    def do_PUT(self):
        page = PageHandler
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with page.guard:
            fresh = int(self.headers["If-Match"]) == page.revision
            if fresh:
                page.revision, page.words = page.revision + 1, tuple(body.split())
        self.answer(204 if fresh else 412, page.revision, "")

    def answer(self, status, revision, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("ETag", str(revision))
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def log_message(self, *args):
        pass


def call(port, method, body=None, headers=None):
    link = http.client.HTTPConnection("127.0.0.1", port)
    link.request(method, "/page", body, headers or {})
    reply = link.getresponse()
    text = reply.read().decode()
    link.close()
    return reply.status, reply.headers["ETag"], text


def writer(port, word):
    status = 412
    while status == 412:
        _, revision, text = call(port, "GET")
        status, _, _ = call(port, "PUT", f"{text} {word}".encode(), {"If-Match": revision})


def main():
    PageHandler.revision, PageHandler.words = 0, ("once",)
    with ThreadingHTTPServer(("127.0.0.1", 0), PageHandler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        writers = [threading.Thread(target=writer, args=(server.server_port, word)) for word in ("upon", "a")]
        for each in writers:
            each.start()
        for each in writers:
            each.join()
        server.shutdown()
        serving.join()
    return sorted(PageHandler.words), PageHandler.revision
