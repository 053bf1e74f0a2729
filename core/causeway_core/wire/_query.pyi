from typing_extensions import Buffer

class Timeline:
    def __new__(cls) -> Timeline: ...
    def feed(self, stream: int, position: int, words: Buffer, start: int, end: int, /) -> int: ...
    def thread(self, stream: int, position: int, number: int, /) -> None: ...
    def sites(self, functions: Buffer, flags: Buffer, /) -> None: ...
    def locate(self, at: int, /) -> int: ...
    def locate_all(self, ats: Buffer, /) -> bytes: ...
    def segment(self, index: int, /) -> tuple[int, int, int, int, int, int, bool, int]: ...
    def activation(self, index: int, /) -> tuple[int, int, int, int, int, int, int, int, int, int]: ...
    def stack(self, segment: int, /) -> list[int]: ...
    def neighbour(self, segment: int, direction: int, same_actor: bool, any: bool, /) -> int: ...
    def actor(self, number: int, /) -> tuple[int, int, int, int] | None: ...
    def stretches(self) -> bytes: ...
    def cut(self, segment: int, stream: int, /) -> int: ...
    def find_in(
        self,
        activation: int,
        stream: int,
        position: int,
        words: Buffer,
        start: int,
        end: int,
        kinds: int,
        xkinds: int,
        sites: Buffer | None,
        limit: int,
        newest: bool,
        /,
    ) -> bytes: ...
    def possible(
        self,
        stream: int,
        position: int,
        words: Buffer,
        kinds: int,
        sites: Buffer,
        bindings: Buffer,
        op: int,
        number: float,
        known: Buffer,
        /,
    ) -> bytes: ...
    def statistics(self) -> tuple[int, int, int, int]: ...

def find(
    words: Buffer,
    start: int,
    end: int,
    kinds: int,
    xkinds: int,
    sites: Buffer | None,
    owner: int,
    limit: int,
    newest: bool,
    /,
) -> bytes: ...
