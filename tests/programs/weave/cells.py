def f():
    n = 0
    def up(by=1):
        nonlocal n
        n += by
        return n
    def get(): return n
    def down():
        nonlocal n
        del n
    class C:
        nonlocal n
        n = 40
        m = n
    print([up() for _ in range(3)], get(), C.m, sorted(up.__code__.co_freevars)[-1:])
    down()
    try: get()
    except NameError as e: print(e)
    n = 7
    return get(), (lambda: n)()
print(f())
def g():
    x = 1
    def h():
        nonlocal x
        x = locals()
    h()
    return sorted(x)
print(g())
