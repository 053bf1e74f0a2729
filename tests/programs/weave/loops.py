class It:
    def __iter__(self): return iter([3, 1, 2])
    def __len__(self): return 0
it = It(); d = {"b": 1, "a": 2}
def f(xs):
    total = 0
    for i, (a, b) in enumerate(zip(xs, sorted(d))):
        total += a * i
        if a == 1: continue
    else:
        total += 100
    while xs and (last := xs.pop()):
        total += last
    return total, [k for k in d if d[k] > 1], {v: k for k, v in d.items()}, sum(x for x in it), max(it), [*it], len(it), bool(it)
print(f([3, 1, 2]), [[i * j for j in range(i)] for i in range(4) if i % 2], any(x > 2 for x in it), list(reversed([1, 2])), not it)
print([lambda: i for i in range(2)][0](), {x for x in "aab"}, [y for x in [1] if (y := x)], y)
s = set(); s.add(1); s |= {2}; s.discard(1); s.update([3]); xs = [3, 1]; xs.sort(key=lambda v: -v); xs.extend(xs); print(s, xs, d.get("z", 4), d.setdefault("q", []), xs.index(1))
xs.remove(99)
