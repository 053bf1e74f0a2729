"""Methods of containers that are handed on instead of called, and data of the same names."""

import functools


class Box:
    def __init__(self):
        self.rows, self.log, self.items, self.values = {"a": 1}, [], [1, 2], (3, 4)

    def both(self):
        return self.rows.get, self.items

    def put(self, key, value):
        keep = self.rows.__setitem__
        keep(key, value)
        return self.rows.get


def call(function, *arguments, then=None):
    result = function(*arguments)
    return result if then is None else then(result)


box = Box()
get, items = box.both()
push, also = box.log.append, box.log.append
push(1), also(2)
seen = [
    get("a"), items is box.items, push == also, box.put("b", 2)("b"), call(box.rows.pop, "b", then=box.log.append), call(len, box.values),
    list(map(box.rows.get, "ab")), functools.partial(box.rows.setdefault, "c")(5), sorted("ca", key=box.rows.__getitem__), box.rows.__contains__("c"),
]
box.rows.__setitem__("d", 4)
box.rows.__delitem__("d")
table = {"add": box.log.append, "get": box.rows.get}
table["add"](table["get"]("c"))
del table  # its text would have addresses
log, rows = box.log, box.rows
try:
    call(box.rows.__getitem__, "none")
except KeyError as error:
    missing = str(error)
call(box.log.append)
