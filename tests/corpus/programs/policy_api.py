"""The policy is visible to the check outside the lock before its environment is made."""

import threading


class Policy:
    environment = None

    def on_registered(self, plugins):
        self.environment = {name: load(name) for name in plugins}

    def call(self, name):
        return self.environment[name]


def load(name):
    return f"{name} loaded"


_policy = None
_policy_lock = threading.Lock()


def get_policy():
    global _policy
    if _policy is None:
        with _policy_lock:
            if _policy is None:
                _policy = Policy()
                _policy.on_registered(["resize", "std"])
    return _policy


def main():
    global _policy
    _policy = None
    answers = {}

    def user(name):
        try:
            answers[name] = get_policy().call(name)
        except TypeError as error:
            answers[name] = str(error)

    users = [threading.Thread(target=user, args=(name,)) for name in ("std", "resize")]
    for thread in users:
        thread.start()
    for thread in users:
        thread.join()
    return sorted(answers.items())
