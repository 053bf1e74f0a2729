"""Attributes that are read and written by names that are made up."""


class Text(str):
    pass


class Slotted:
    __slots__ = ("left",)


class Thing:
    kind = "thing"

    def __init__(self):
        self.left = 1

    @property
    def doubled(self):
        return self.left * 2

    def __setattr__(self, name, value):
        print("set", name, value)
        super().__setattr__(name, value)


class lazy:
    def __init__(self, function):
        self.function = function

    def __set_name__(self, owner, name):
        self.name = f"_{name}"

    def __get__(self, instance, owner=None):
        try:
            return getattr(instance, self.name)
        except AttributeError:
            value = self.function(instance)
            setattr(instance, self.name, value)
            return value


class Page:
    @lazy
    def text(self):
        print("made")
        return "words"


def attempt(call, *args):
    try:
        print(call(*args))
    except Exception as error:
        print(type(error).__name__, error)


def by_name(thing, name):
    print(hasattr(thing, name), getattr(thing, name, "none"))
    setattr(thing, name, 5)
    print(getattr(thing, name))
    delattr(thing, name)
    print(hasattr(thing, name))


for thing in (Thing(), Slotted()):
    by_name(thing, "left")
by_name(Thing(), Text("right"))
attempt(lambda thing, name: getattr(thing, name), Thing(), "mis" + "sing")
attempt(lambda thing, name: setattr(thing, name, 1), Thing(), "doub" + "led")
attempt(lambda thing, name: delattr(thing, name), Slotted(), "le" + "ft")
attempt(lambda thing, name: getattr(thing, name), Thing(), 3)
attempt(lambda thing, name: setattr(thing, name), Thing(), "left")
attempt(lambda thing, name: hasattr(thing, name, 1), Thing(), "left")
page = Page()
print(page.text, page.text, vars(page))
names = [f"n{number}" for number in range(70)]
for name in names:
    setattr(page, name, name)
print(all(getattr(page, name) == name for name in names), getattr(Thing, "ki" + "nd"))


def shadowed(getattr):
    return getattr(3, "x" + "y")


print(shadowed(lambda thing, name: (thing, name)))
