import enum, dataclasses, typing, abc
class Color(enum.Enum):
    RED = 1
    GREEN = 2
    @property
    def low(self): return self.name.lower()
    def _missing_(cls, v): return None
class F(enum.Flag):
    A = enum.auto(); B = enum.auto()
@dataclasses.dataclass(slots=True, order=True)
class P:
    x: int
    y: list = dataclasses.field(default_factory=list)
    def __post_init__(self): self.x += 1
class N(typing.NamedTuple):
    a: int
    b: str = "z"
class M(type):
    @classmethod
    def __prepare__(m, n, b, **k):
        class D(dict):
            def __setitem__(s, k, v): print("set", k) if not k.startswith("_") else None; dict.__setitem__(s, k, v)
        return D()
    def __new__(m, n, b, d, **k): return super().__new__(m, n, b, dict(d))
class X(metaclass=M, k=1):
    "doc"
    v = 1
    def f(self): return __class__.__name__, super().__init__()
    @staticmethod
    def s(): return 2
    class I: pass
class S:
    __slots__ = ("a", "b")
    def __init__(self): self.a = 1
    def __getattr__(self, n): return n
print(Color.RED.low, list(F), P(1) < P(2, [3]), N(1), X().f(), X.s(), X.__doc__, S().b, S().a)
class Abstract(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
    @property
    def p(self): return self._p
    @p.setter
    def p(self, v): self._p = v
    @p.deleter
    def p(self): del self._p
class Concrete(Abstract):
    def f(self): self.p = 3; r = self.p; del self.p; return r
print(Concrete().f(), P.__slots__, X.v)
S().c = 1
