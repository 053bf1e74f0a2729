class _C:
    __x = 1
    def __init__(self): self.__y = {"a": 2}; self.__y["b"] = self.__x
    def f(self): self.__y["a"] += 1; del self.__y["b"]; return self.__y, self._C__y, hasattr(self, "_C__y")
    def __g(self): return [v.__y for v in [self]]
    def h(self): return self.__g()
    class __D: z = 3
    def k(self, __p=4):
        def inner(): return __p, self.__D.z
        return inner()
print(_C().f(), _C().h(), _C().k(), sorted(n for n in vars(_C()) ))
