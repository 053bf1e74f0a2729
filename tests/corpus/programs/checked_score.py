"""A typed field checks what is put into it; two workers raise a score through it."""

import threading
import time


class Int:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        return self if instance is None else instance.__dict__.get(self.name, 0)

    def __set__(self, instance, value):
        if not isinstance(value, int):
            raise TypeError(value)
        instance.__dict__[self.name] = value


class Player:
    score = Int()


def play(player, points, at):
    time.sleep(at)
    for point in points:
        player.score = player.score + point


def main():
    player = Player()
    games = [threading.Thread(target=play, args=(player, *game)) for game in (((1, 2), 0), ((5,), 0.04))]
    for game in games:
        game.start()
    for game in games:
        game.join()
    return player.score
