count = 0
names = []
def f():
    global count, made
    count += 1; made = count; names.append(count)
    def g():
        global count
        count = count * 2
        return count
    return g()
class K:
    global inside
    inside = 5
    count = 9
    def m(self): return count
print(f(), f(), count, made, names, inside, K().m(), K.count)
del made
def h():
    try: return made
    except NameError as e: return str(e)
print(h())
if count > 3: count = 0
for count in range(3): pass
import os.path as p, sys
from math import *
print(count, p.sep, floor(2.5), __name__)
