"""Whoever goes through the attributes of a node is given their names as they are then, copied under the lock."""

import threading
import time


class AttributeDict:
    def __init__(self, **values):
        self._lock = threading.Lock()
        self._values = dict(values)

    def __setitem__(self, name, value):
        with self._lock:
            self._values[name] = value

    def __getitem__(self, name):
        with self._lock:
            return self._values[name]

    def __iter__(self):
        with self._lock:
            return iter(tuple(self._values))


class Node:
    def __init__(self, tag, **attributes):
        self.tag = tag
        self.attributes = AttributeDict(**attributes)

    def render(self):
        text = "".join(f' {name}="{self.attributes[name]}"' for name in self.attributes)
        return f"<{self.tag}{text}>"


def refresh(node, sent):
    sent.append(node.render())


def disable(node):
    time.sleep(0.03)
    node.attributes["disabled"] = "true"


def main():
    node = Node("button", type="submit", name="buy")
    sent = []
    threads = [threading.Thread(target=refresh, args=(node, sent)), threading.Thread(target=disable, args=(node,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(sent), node.render()
