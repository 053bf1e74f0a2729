"""Handlers are looked for again under a lock before they are set up."""

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
                if self.handlers is None:
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
