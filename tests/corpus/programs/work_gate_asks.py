"""A renderer waits until the first frame is there, however early that was."""

import threading


class Stage:
    def __init__(self):
        self.ready = threading.Condition()
        self.frames = []

    def publish(self, frame):
        with self.ready:
            self.frames.append(frame)
            self.ready.notify_all()

    def first(self):
        with self.ready:
            self.ready.wait_for(lambda: self.frames)
            return self.frames[0]


def camera(stage, warm_up):
    warm_up.wait(0.1)
    stage.publish({"no": 1, "size": (64, 48)})


def main():
    stage = Stage()
    got = []
    warm_up = threading.Event()
    renderer = threading.Thread(target=lambda: got.append(stage.first()))
    source = threading.Thread(target=camera, args=(stage, warm_up))
    renderer.start()
    source.start()
    source.join()
    renderer.join()
    return got
