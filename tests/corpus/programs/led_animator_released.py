"""A light is driven by an animation thread; whoever stops it waits for the thread without the light's lock."""

import threading
import time


class Led:
    def __init__(self, channel):
        self.channel = channel
        self.levels = []
        self._lock = threading.Lock()
        self._animator = None
        self._animating = threading.Event()

    def _write(self, level):
        self.levels.append(level)

    def _blink(self, pattern, pause):
        while self._animating.is_set():
            for level in pattern:
                with self._lock:
                    self._write(level)
            time.sleep(pause)

    def animate(self, pattern, pause=0.02):
        self.stop()
        with self._lock:
            self._animating.set()
            self._animator = threading.Thread(target=self._blink, args=(pattern, pause))
            self._animator.start()

    def stop(self):
        with self._lock:
            animator, self._animator = self._animator, None
            self._animating.clear()
        if animator is not None:
            animator.join()

    def on(self):
        self.stop()
        with self._lock:
            self._write(100)


class Button:
    def __init__(self, led):
        self.led = led
        self.pressed = 0

    def press(self):
        self.pressed += 1
        self.led.on()


def main():
    led = Led(channel=23)
    button = Button(led)
    led.animate([10, 60])
    time.sleep(0.01)
    button.press()
    return button.pressed, led.levels[-1]
