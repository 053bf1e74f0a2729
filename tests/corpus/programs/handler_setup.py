"""The first two requests of a server both set up its handlers."""

import threading


class Service:
    def __init__(self):
        self.handlers = None
        self.registered = []

    def _load(self):
        loaded = {}
        for name in ("auth", "audit"):
            loaded[name] = f"{name}-handler"
            self.registered.append(name)
        return loaded

    def handle(self, request):
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
