def f(v):
    match v:
        case {"k": [1, *rest], **others}: return "map", rest, others
        case [x, (y, z) as pair] if x: return x, y, z, pair
        case (str() as s) | bytes(s): return s
        case complex(real=r): return r
        case None | True: return "single"
        case _: return "else"
print([f(v) for v in ({"k": [1, 2], "o": 3}, [1, (2, 3)], [0, (2, 3)], "t", b"u", 3j, None, 5)])
