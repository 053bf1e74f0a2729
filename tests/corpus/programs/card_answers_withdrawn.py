"""Questions put to a screen as cards: whoever asks waits a while, and an answer that comes after that is refused."""

import threading
from dataclasses import dataclass, field


@dataclass
class Card:
    question: str
    answered: threading.Event = field(default_factory=threading.Event)
    answer: str | None = None


class Desk:
    def __init__(self):
        self._lock = threading.Lock()
        self._open = {}

    def show(self, name, question):
        card = Card(question)
        with self._lock:
            self._open[name] = card
        return card

    def ask(self, name, card, patience):
        card.answered.wait(patience)
        with self._lock:
            self._open.pop(name, None)
            return card.answer

    def respond(self, name, answer):
        """True when the answer was taken."""
        with self._lock:
            card = self._open.get(name)
            if card is None:
                return False
            card.answer = answer
            card.answered.set()
            return True


def renderer(desk, taken):
    for name, answer in (("confirm", "yes"), ("colour", "red")):
        taken.append((name, desk.respond(name, answer)))


def main():
    desk, taken = Desk(), []
    confirm = desk.show("confirm", "Really?")
    screen = threading.Thread(target=renderer, args=(desk, taken))
    screen.start()
    answer = desk.ask("confirm", confirm, 0.2)
    screen.join()
    return answer, taken
