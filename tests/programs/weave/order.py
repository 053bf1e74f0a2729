log = []
def note(x, v=None):
    log.append(x)
    return v
class Box:
    def __getitem__(self, k): log.append(("get", k)); return 1
    def __setitem__(self, k, v): log.append(("set", k, v))
    def __delitem__(self, k): log.append(("del", k))
    def __contains__(self, k): log.append(("in", k)); return 2
    def __getattr__(self, n): log.append(("getattr", n)); return 5
    def __setattr__(self, n, v): log.append(("setattr", n, v))
    def __delattr__(self, n): log.append(("delattr", n))
    def __bool__(self): log.append("bool"); return True
    def __iadd__(self, o): log.append(("iadd", o)); return self
b = Box()
note(1, b)[note(2, "k")] = note(3, 4)
note(4, b).attr = note(5, 6)
note(6, b)[note(7)] += note(8, 9)
note(9, b).a += note(10, 11)
del note(11, b)[note(12)], note(13, b).x, b
b = c = Box()
b += note(14, 1)
x = note(15, 1) in note(16, b)
y = note(17) not in note(18, b)
z = b and note(19) or not b
w = note(20, 1) < note(21, 2) in note(22, [2])
b[note(23):note(24), note(25)]
b[1:2] = b[::2]
(note(26, b)[0], note(27, b).q), *rest = note(28, [(1, 2), 3])
print(x, y, w, rest)
