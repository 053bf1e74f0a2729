"""Attributes that functions are given the name of."""


class Plain:
    kind = "plain"

    def __init__(self):
        self.size = 3


class Eager:
    def __init__(self):
        self.asked = []

    @property
    def broken(self):
        raise ValueError("no value")

    def __getattr__(self, name):
        self.asked.append(name)
        if name == "gone":
            raise AttributeError(name)
        return name.upper()


class Bare:
    __slots__ = ("empty",)


def look(thing):
    return hasattr(thing, "size"), hasattr(thing, "kind"), hasattr(thing, "empty"), getattr(thing, "size", None), getattr(thing, "kind", "none")


print(look(Plain()), look(Bare()), look(3), look(None), look(Plain))
eager = Eager()
print(hasattr(eager, "gone"), hasattr(eager, "other"), getattr(eager, "gone", 1), getattr(eager, "more"), eager.asked)
for ask in (lambda: hasattr(eager, "broken"), lambda: getattr(eager, "broken", 0), lambda: getattr(Plain(), "missing"), lambda: getattr(Plain(), "size", 1, 2)):
    try:
        print(ask())
    except (ValueError, AttributeError, TypeError) as error:
        print(type(error).__name__, error)
name = "size"
print(getattr(Plain(), name), getattr(*(Plain(), "size")), getattr("text", "upper")(), getattr(Plain(), "__dict__"), hasattr(super, "size"))
parts = []


def noted(part):
    parts.append(part)
    return Plain() if part == "owner" else part


print(getattr(noted("owner"), "missing", noted("default")), parts)


def own():
    def getattr(thing, name):
        return "mine", name

    return getattr(Plain(), "size")


print(own())
print([getattr(each, "size", 0) for each in (Plain(), Bare())], "yes" if hasattr(Plain(), "size") and not hasattr(Bare(), "empty") else "no")
total = sum(getattr(each, "size", 0) for each in (Plain(), 3))
