"""Sessions to a server are shared by those who hold them, through a weak table under a lock."""

import threading
import time
import weakref


class Session:
    def __init__(self, host):
        self.host = host
        self.asked = []


class Sessions:
    def __init__(self):
        self._live = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def to(self, host):
        with self._lock:
            session = self._live.get(host)
            if session is None:
                session = self._live[host] = Session(host)
            return session


def minion(sessions, host, commands, answers):
    session = sessions.to(host)
    for command in commands:
        time.sleep(0.002)
        session.asked.append(command)
        answers.append(f"{session.host} {command}")


def main():
    sessions = Sessions()
    answers = []
    minions = [
        threading.Thread(target=minion, args=(sessions, "master", ["ping", "grains"], answers)),
        threading.Timer(0.1, minion, args=(sessions, "master", ["state"], answers)),
    ]
    for thread in minions:
        thread.start()
    for thread in minions:
        thread.join()
    return sorted(answers)
