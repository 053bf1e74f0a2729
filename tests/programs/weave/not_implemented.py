class A:
    def __eq__(self, o): return NotImplemented
    def __lt__(self, o):
        r = self.other(o)
        return r
    def other(self, o): return NotImplemented if o else [NotImplemented][0]
    def __hash__(self): return 1
    flag = NotImplemented
print(A() == A(), A().flag, (lambda: NotImplemented)())
def g():
    got = yield NotImplemented
    print(got)
it = g(); print(next(it)); it.send if True else 0
try: it.send(NotImplemented)
except StopIteration: pass
for v in [NotImplemented]: x = v; print(x)
try: A() < A()
except TypeError as e: print(e)
