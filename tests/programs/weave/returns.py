from contextlib import contextmanager, suppress
@contextmanager
def cm(name):
    print("in", name)
    try: yield name
    finally: print("out", name)
def a():
    with cm("a") as n:
        for i in range(3):
            try:
                if i == 1: return n, i
                continue
            finally:
                print("finally", i)
def b():
    try: return 1
    finally: return 2
def c():
    try:
        try: raise ValueError
        finally: print("c")
    except ValueError: return "caught"
    else: return "else"
def d():
    with suppress(KeyError):
        return {}["x"]
def e():
    while True:
        try: return 1
        finally: break
    return 3
def g():
    try: yield 1; return 5
    finally: print("closed")
def h():
    with cm("h"):
        return [x for x in range(3) if x]
print(a(), b(), c(), d(), e(), list(g()), h())
it = g(); next(it); it.close()
def k():
    with cm("k"):
        raise KeyError("k")
k()
