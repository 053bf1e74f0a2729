"""A test stand asks its operator for input while a dashboard shows the state of every plug.

After https://github.com/google/openhtf/pull/570
"""

import threading
import time
import uuid


class SubscribableState:
    """State others may look at, with an event that is set at the next change."""

    def __init__(self):
        self._lock = threading.Lock()
        self._update_event = threading.Event()

    def asdict_with_event(self):
        with self._lock:
            event = self._update_event
        return self._asdict(), event

    def notify_update(self):
        with self._lock:
            self._update_event.set()
            self._update_event = threading.Event()


class UserInput(SubscribableState):
    def __init__(self):
        super().__init__()
        self._cond = threading.Condition(threading.RLock())
        self._prompt = None
        self._response = None

    def _asdict(self):
        with self._cond:
            return {"prompt": self._prompt[1]} if self._prompt else {}

    def remove_prompt(self):
        with self._cond:
            self._prompt = None
        self.notify_update()

    def ask(self, message):
        with self._cond:
            self._prompt = (uuid.uuid4().hex, message)
            self._response = None
        self.notify_update()
        with self._cond:
            self._cond.wait_for(lambda: self._response is not None)
            return self._response

    def respond(self, text):
        with self._cond:
            if self._prompt is None:
                return False
            self._response = text
            self.remove_prompt()
            self._cond.notify_all()
            return True


def main():
    plug = UserInput()
    shown = []

    def dashboard():
        for pause in (0.07, 0.08):
            time.sleep(pause)
            state, _ = plug.asdict_with_event()
            shown.append(state)

    def operator():
        time.sleep(0.05)
        while not plug.respond("SN-0042"):
            time.sleep(0.01)

    helpers = [threading.Thread(target=dashboard), threading.Thread(target=operator)]
    for helper in helpers:
        helper.start()
    serial = plug.ask("Scan the serial number")
    for helper in helpers:
        helper.join()
    return serial, len(shown)


if __name__ == "__main__":
    print(*main())
