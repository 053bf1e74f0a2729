"""(a) Call-heavy: recursion, an n-body step made of small methods, and a scheduler of small objects."""

import math

from timing import measured


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def minus(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def scaled(self, k):
        return Vector(self.x * k, self.y * k, self.z * k)

    def add(self, other):
        self.x += other.x
        self.y += other.y
        self.z += other.z

    def norm2(self):
        return self.x * self.x + self.y * self.y + self.z * self.z


class Body:
    def __init__(self, position, velocity, mass):
        self.position = position
        self.velocity = velocity
        self.mass = mass

    def pull(self, other, dt):
        d = other.position.minus(self.position)
        r2 = d.norm2() + 0.01
        self.velocity.add(d.scaled(other.mass * dt / (r2 * math.sqrt(r2))))

    def move(self, dt):
        self.position.add(self.velocity.scaled(dt))


def nbody(steps):
    bodies = [Body(Vector(i, i * 0.5, -i), Vector(0.1 * i, 0, 0.2), 1 + i) for i in range(5)]
    for _ in range(steps):
        for body in bodies:
            for other in bodies:
                if other is not body:
                    body.pull(other, 0.001)
        for body in bodies:
            body.move(0.001)
    return bodies[0].position.x


class Packet:
    def __init__(self, kind, data):
        self.kind = kind
        self.data = data


class Task:
    def __init__(self, name, scheduler):
        self.name = name
        self.scheduler = scheduler
        self.inbox = []
        self.done = 0

    def send(self, packet):
        self.inbox.append(packet)
        self.scheduler.wake(self)

    def run(self):
        while self.inbox:
            self.handle(self.inbox.pop())

    def handle(self, packet):
        self.done += 1
        if packet.data:
            self.scheduler.next_after(self).send(Packet(packet.kind, packet.data - 1))


class Scheduler:
    def __init__(self, count):
        self.tasks = [Task(f"t{i}", self) for i in range(count)]
        self.ready = []

    def wake(self, task):
        self.ready.append(task)

    def next_after(self, task):
        return self.tasks[(self.tasks.index(task) + 1) % len(self.tasks)]

    def run(self):
        while self.ready:
            self.ready.pop(0).run()


def richards(hops):
    scheduler = Scheduler(4)
    scheduler.tasks[0].send(Packet("work", hops))
    scheduler.run()
    return sum(task.done for task in scheduler.tasks)


def main():
    return fib(26), nbody(4_000), richards(60_000)


if __name__ == "__main__":
    with measured():
        main()
