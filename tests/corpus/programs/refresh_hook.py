"""A client tells its hook about every new token while it still holds the refresh lock."""

import threading


class Client:
    def __init__(self, on_token):
        self._refresh_lock = threading.Lock()
        self._on_token = on_token
        self._token = None
        self._issued = 0

    def ensure(self):
        token = self._token
        if token is not None:
            return token
        with self._refresh_lock:
            token = self._token
            if token is None:
                self._issued += 1
                token = self._token = f"token-{self._issued}"
                self._on_token(self, token)
            return token

    def get(self, path):
        return f"GET {path} {self.ensure()}"

    def reject(self, token):
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
        threading.Thread(target=client.get, args=("/player",), daemon=True),
        threading.Thread(target=revoke, args=(client,), daemon=True),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(book.tokens), book.pages
