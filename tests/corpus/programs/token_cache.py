"""A refresh lets go of the lock while it asks for a token; an invalidation that comes meanwhile is overwritten by its answer."""

import threading


class TokenCache:
    def __init__(self, provider):
        self._provider = provider
        self._lock = threading.Lock()
        self._token = "t0"
        self._force = False

    def invalidate(self):
        with self._lock:
            self._token = None
            self._force = True

    def get(self):
        with self._lock:
            if self._token is not None and not self._force:
                return self._token
            force = self._force
        token = self._provider(force)
        with self._lock:
            self._token = token
            self._force = False
            return token


def main():
    server = {"epoch": 0}

    def provider(force):
        return f"token-{server['epoch']}"

    def revoke():
        server["epoch"] += 1
        cache.invalidate()

    cache = TokenCache(provider)
    cache.invalidate()
    refreshing = threading.Thread(target=cache.get)
    revoking = threading.Timer(0.02, revoke)
    refreshing.start()
    revoking.start()
    refreshing.join()
    revoking.join()
    return cache.get(), server["epoch"]
