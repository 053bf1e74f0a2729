"""The lock is taken after the look, and nobody looks again: the set-ups come one after the other, but both come."""

import threading


class Service:
    def __init__(self):
        self.handlers = None
        self.registered = []
        self._setup_lock = threading.Lock()

    def _load(self):
        loaded = {}
        for name in ("auth", "audit"):
            loaded[name] = f"{name}-handler"
            self.registered.append(name)
        return loaded

    def handle(self, request):
        if self.handlers is None:
            with self._setup_lock:
                self.handlers = self._load()
        return [handler + ":" + request for handler in self.handlers.values()]


def main():
    service = Service()
    answers = {}

    def serve(request):
        answers[request] = service.handle(request)

    threads = [threading.Thread(target=serve, args=(request,)) for request in ("list", "get")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, service.registered
