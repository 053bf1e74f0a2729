"""Contract of the native scanner. Buffers hold whole little-endian words and are read in place; nothing is kept of them."""

from typing_extensions import Buffer

class Scanner:
    """Reads the records of all streams of all processes of a recording into rows, chunks and keyframes. Not thread-safe."""

    def __init__(self, op_names: tuple[str, ...], state_names: tuple[str, ...], chunk_words: int) -> None:
        """`op_names` by number of the operation (0: unknown ones), `state_names` by state of STEP_END; a chunk holds at most `chunk_words` words."""

    @property
    def events(self) -> int:
        """Records read so far."""

    def add_process(self, process: int, /) -> None:
        """Makes a process known by its process.id."""

    def add_stream(self, process: int, stream: int, /) -> None:
        """Makes a stream known by its stream.id."""

    def set_sites(self, process: int, base: int, rows: Buffer, /) -> None:
        """Says what wire sites from `base` on are: rows of four words (function.id, number of the name or 0, site.id, site kind number)."""

    def feed(self, stream: int, buffer: Buffer, start: int, force: bool, /) -> tuple[int, int, int]:
        """Reads records from word `start` on; gives (first word not read, why it stopped, detail).

        Why: 0 end of the buffer or a zero word; 1 an ORDER record with number `detail` whose turn has not come (`force` takes the first
        such); 2 just after a SITES record (the last of `take()`'s records); 3 the chunk is full: close it first; 4 what follows is no record.
        """

    def order(self, process: int, /) -> int:
        """The number of the run being read, 0 before the first."""

    def pending(self, stream: int, /) -> int:
        """Words in the stream's open chunk."""

    def close_chunk(self, stream: int, /) -> tuple[int, int, int, int, int, bytes, bytes, bytes, bytes, bytes, bytes] | None:
        """Ends the stream's open chunk: (first, words, events, order_first, order_last, sites, objects, texts, snapshots, frames, data)."""

    def skip(self, stream: int, words: int, /) -> None:
        """Counts words of the stream that cannot be read; its chunk must be closed."""

    def take(
        self, /
    ) -> tuple[
        list[tuple[int, int, int, int, int, int, int | None, int | None, int | None, int | None, str | None]],
        list[tuple[int, int, str, int, int | None, int, int]],
        list[tuple[int, int, int, int]],
        list[tuple[int, int, int, bytes, int, int]],
    ]:
        """New rows since the last call: steps, syncs and runs as in the tables (syncs without id), and the other extended records as
        (at, actor, xkind, payload, process, last ts)."""

    def finish(self, /) -> None:
        """Closes all open steps, without an end."""

    def open_steps(self, /) -> list[tuple[int, int, int, int, int, int, None, int | None, int | None, None, None]]:
        """Rows of the steps that have not ended, as far as they have been read; their ids are those of the rows that `take` gives when they end."""

    def actor_id(self, process: int, number: int, /) -> int:
        """The actor.id of an actor on the wire, given out at the first question."""

    def actors(self, process: int, moved: bool = False, /) -> list[tuple[int, int, int, int, int, int]]:
        """(actor.id, wire number, first_at or -1, last_at or -1, state or -1 while running, number of steps) of each actor; `moved`: of those
        that did anything since the last call."""

    def object(self, process: int, wire: int, /) -> tuple[int, int, int, int, int, int, int] | None:
        """(type id, first_at, rank of its holder, holder's event, holder's owner, holder's site, whether several actors touched it)."""

    def shared(self, process: int, /) -> tuple[bytes, bytes, bytes]:
        """Words: ids of objects that several actors touched (ascending), of such cells, and numbers of names of such globals."""

    def fates(self, process: int, /) -> list[tuple[int, int]]:
        """(event of RAISE, 0 raised, 1 caught, 2 uncaught) of each exception object."""

class AccessScan:
    """Finds the accesses of places that several actors touched, at least one of them writing, in one process. Used twice over the same records."""

    def __init__(
        self, sites: Buffer, steps: Buffer, owners: Buffer, cells: Buffer, names: Buffer, types: Buffer, methods: Buffer, common: Buffer,
        first_location: int,
    ) -> None:
        """`sites`: rows as for `Scanner.set_sites` from wire site 0 on; `steps`: rows of four int64 (first_at, step.id, actor.id, lane)
        ascending, where accesses of different lanes count as those of different actors;
        `owners`, `cells`, `names`: words as from `Scanner.shared`; `types`: pairs (TYPE id, flags); `methods`: pairs (number of a name, 1 removes a
        key, 2 adds a key, 3 clears, 4 removes
        the key it returns); `common`: pairs (object, first object of the same name in this process) of what other processes have too: all that is
        done to it is listed."""

    @property
    def last_location(self) -> int:
        """The last location number given out."""

    def read(self, data: Buffer, at: int, start: int, end: int, /) -> None:
        """Reads the records between words `start` and `end` of a chunk whose first event is `at`. Call it in the process's total order."""

    def emit(self, /) -> None:
        """Ends the first pass: what is read from now on gives rows."""

    def take(
        self, /
    ) -> tuple[list[tuple[int, int, int, int, int, int, int, bytes | None]], list[tuple[int, int, int, int, int, bytes | None, int]]]:
        """New rows: accesses (at, actor.id, step.id, location, op, site.id, vk, payload) and locations (number, kind, owner, number of the name, kind
        of the key, key payload, event); kinds 1 attribute, 2 item, 3 structure, 4 global, 5 cell."""

def extent(body: Buffer, start: int, /) -> tuple[int, bool]:
    """Where the records from word `start` on end, and whether at a zero word or the end (else: at what is no record)."""

def checksum(body: Buffer, /) -> int:
    """The Fletcher-64 of sdk/SPEC.md section 1."""
