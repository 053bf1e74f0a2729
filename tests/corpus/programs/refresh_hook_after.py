"""A client tells its hook about every new token once it has released the refresh lock."""

import threading


class Client:
    def __init__(self, on_token):
        self._refresh_lock = threading.Lock()
        self._on_token = on_token
        self._token = None
        self._issued = 0

    def ensure(self):
        fresh = None
        with self._refresh_lock:
            if self._token is None:
                self._issued += 1
                fresh = self._token = f"token-{self._issued}"
            token = self._token
        if fresh is not None:
            self._on_token(self, fresh)
        return token

    def get(self, path):
        return f"GET {path} {self.ensure()}"

    def reject(self, token):
        with self._refresh_lock:
            if self._token == token:
                self._token = None


class AuditBook:
    def __init__(self):
        self.tokens = []
        self.pages = []

    def on_token(self, client, token):
        self.pages.append(client.get("/me").split()[1])
        self.tokens.append(token)


def revoke(client):
    client.reject(client.ensure())
    client.get("/library")


def main():
    book = AuditBook()
    client = Client(book.on_token)
    threads = [
        threading.Thread(target=client.get, args=("/player",)),
        threading.Thread(target=revoke, args=(client,)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(book.tokens), book.pages
