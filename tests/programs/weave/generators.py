def g(n):
    while n:
        try:
            got = yield n
            if got: n = got
        except ValueError as e:
            print("thrown", e); yield "handled"
        n -= 1
    return "end"
def outer():
    r = yield from g(2)
    print(r); x = yield; return x
it = outer(); print(next(it), it.send(5), it.throw(ValueError("v")), next(it), it.gi_frame.f_lineno)
print([x for x in it])
def infinite():
    try:
        while True: yield
    except GeneratorExit: print("exit"); raise
i = infinite(); next(i); i.close()
def bad():
    yield 1
    raise StopIteration
list(bad())
