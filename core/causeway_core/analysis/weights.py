"""How pressing the findings of each detector are: one table, in the order in which reports show them.

Within a tier, a hang comes before lost data, lost data before wasted work, and what needs one interleaving of threads before what needs a
cancellation at one await. Confidence is an ordering by how often findings of the kind were bugs, not a measured probability.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from causeway_core.analysis.candidate import Pattern
from causeway_core.model import Finding, Tier

TIER_RANK: dict[Tier, float] = {"confirmed": -10.0, "likely": 0.0, "latent": 10.0, "hint": 20.0}
"""What a tier adds to a rank, so that the findings of one tier stay together."""
FOREIGN_RANK = 8.5
"""At least the rank of what no recorded line takes part in."""
_FIRST_ORDER = -1.0
"""The smallest order within a tier; the largest is less than `_FIRST_ORDER` + 10."""


@dataclass(frozen=True, slots=True)
class Weight:
    """Tier, rank and confidence of a finding. `order` is its rank within its tier, smaller is more pressing."""

    tier: Tier
    order: float
    confidence: float

    @property
    def rank(self) -> float:
        """The rank among all findings."""
        return round(TIER_RANK[self.tier] + self.order, 4)

    def put_on(self, finding: Finding) -> Finding:
        """The finding with this weight."""
        return replace(finding, tier=self.tier, rank=self.rank, confidence=self.confidence)


def rank_in(tier: Tier, finding: Finding) -> float:
    """The rank of a finding that is moved to a tier; it keeps its order."""
    return (finding.rank - _FIRST_ORDER) % 10 + _FIRST_ORDER + TIER_RANK[tier]


PATTERNS: dict[Pattern, tuple[float, float]] = {
    Pattern.READ_WRITE_WRITE: (0.0, 0.85),  # an update is lost for good
    Pattern.ITERATION: (1.0, 0.8),  # the iteration fails, or skips elements
    Pattern.CLONE: (1.0, 0.7),  # two clients do what was meant for one
    Pattern.WRITE_WRITE_READ: (1.0, 0.7),  # an actor uses what another wrote over its own value
    Pattern.READ_WRITE_READ: (2.0, 0.75),  # what was checked no longer holds where it is used
    Pattern.STALE_CONTAINER: (2.0, 0.6),  # a change goes to a container that nobody uses any more
    Pattern.ENTRY_CLEANUP: (2.0, 0.6),  # the entry of another actor is removed
    Pattern.ORDER: (2.0, 0.55),  # a use fails if it comes first
    Pattern.GUARDED_REENTRY: (2.0, 0.5),  # two actors pass one guard
    Pattern.PARTIAL_REBUILD: (2.0, 0.5),  # a reader sees a table that is being filled
    Pattern.EARLY_PUBLICATION: (2.0, 0.5),  # a reader sees an object that is being filled
    Pattern.SHARED_FLAG: (2.5, 0.5),  # one actor clears the flag of another
    Pattern.LATE_INITIALIZATION: (2.5, 0.5),  # a reader finds nothing yet
    Pattern.LATE_CALLBACK: (2.5, 0.5),  # a callback is missed
    Pattern.EARLY_TASK_DONE: (2.5, 0.5),  # a task ends before it is registered
    Pattern.LATE_ENTRY: (2.5, 0.5),  # an entry stays for ever
    Pattern.USE_AFTER_CLOSE: (2.5, 0.3),  # a use fails after a close, which many programs intend
    Pattern.MULTI_VARIABLE: (3.0, 0.5),  # two related values disagree for a moment
    Pattern.TORN_READ: (3.0, 0.45),  # two related values are read at different moments
    Pattern.DATA_RACE: (5.0, 0.2),  # unordered accesses without a known harm
}
"""Order within the tier and confidence of races of variables. `rank.ranked` moves a candidate by less than the distance to the next order."""

# Orders within their tier of findings about files. A lock that both sides hold, or an error that is handled, decides the tier.

LOST_FILE_UPDATE = 0.6
"""One of two writes of a file is lost."""
IN_PLACE_UPDATE = 0.7
"""The same where the file is read and written through one descriptor."""
SHARED_TEMPORARY_FILE = 1.0
"""Two writers share a temporary file: a mixture of both is published."""
EMPTIED_FILE = 1.0
"""A reader meets a file that its writer has just emptied."""
PARTIAL_FILE = 1.1
"""A reader meets one of two files, or none, for a moment."""
CHECKED_FILE = 1.2
"""A file is used after a check that another actor can make untrue."""
STALE_LOCK = 1.2
"""Two actors take over the lock of a dead owner. What they check before that may keep the second out."""
UNSEEN_TEMPORARY_FILE = 1.2
"""As `SHARED_TEMPORARY_FILE`, where the second writer found the file in this run and wrote none."""
STALE_FILE_UPDATE = 1.3
"""As `LOST_FILE_UPDATE`, where the other side has only read so far, at the same place."""
LISTED_FILE = 1.3
"""A file or folder is used after a listing that another actor can make untrue."""
LISTED_NAME = 1.4
"""Two actors choose the same name for a new file."""
LATE_STAMP = 1.4
"""A version that is noted after the file was read: a change in between is not seen."""

# Likely: it happened in this run, or every run does it.

HUNG = Weight("likely", -1.0, 0.99)
"""The run ended in a cycle of waits. Nothing is more certain."""
MISSED_NOTIFICATION = Weight("likely", -0.8, 0.95)
"""A wait that never ended, because its notification came earlier. The cycle above explains a hang better where there is one."""
ROWS_OVERWRITTEN = Weight("likely", -0.6, 0.95)
"""An update of a row was lost in this run."""
STOOD_STILL = Weight("likely", -0.5, 0.9)
"""Every actor waited, but for what the recording does not show in full."""
ROWS_OVERWRITABLE = Weight("likely", 0.4, 0.75)
"""Two requests update a row from what they read: no recorded order prevents that either update is lost."""
WRONG_THREAD = Weight("likely", 0.8, 0.9)
"""A loop or its objects are changed from another thread: it goes wrong in every run, but seldom visibly."""
UNRETRIEVED_EXCEPTION = Weight("likely", 0.9, 0.95)
"""A failure that nobody saw. What follows from it is not known."""
ROWS_STALE = Weight("likely", 1.2, 0.65)
"""A row is written from another that somebody may change meanwhile: data diverges, none is overwritten."""
ROWS_CHECKED = ROWS_STALE
"""A row is written because of a query whose result somebody may change meanwhile: the same harm."""
LOCK_ACROSS_AWAIT = Weight("likely", 1.5, 0.8)
"""Other tasks of the loop stood still for it."""
LONG_BLOCKING_CALL = Weight("likely", 1.8, 0.9)
"""The loop stood still; nothing is wrong but the time."""

# Latent: it follows from the recording, but the stock scheduler did not do it in this run.

REENTERED_LOCK = Weight("latent", 0.7, 0.6)
"""A signal handler or callback that takes the lock which the interrupted code holds: a hang in one thread."""
FINALIZER_UNDER_LOCK = Weight("latent", 0.8, 0.5)
"""The same by a finalizer, which runs only if the last reference is dropped there."""
EVENT_SET_TOO_EARLY = Weight("latent", 1.1, 0.5)
"""A pulse of an event that a wait can miss: the wait never ends."""
UNGUARDED_NOTIFICATION = Weight("latent", 1.2, 0.5)
"""A notification that a wait can miss, or a wait that can act on a state that changed back."""
RESOLVED_TWICE = Weight("latent", 1.3, 0.5)
"""Two that both resolve a future: the second fails."""
STALE_DECISION = Weight("hint", 1.6, 0.3)
"""A waiter that is registered only some steps after it has decided to wait."""
MISSED_ENTRY = Weight("latent", 1.4, 0.5)
"""What arrives in a gap is never handled: an item after the sentinel, a registration after the announcement."""
CANCELLED_UPDATE = Weight("latent", 1.4, 0.45)
"""A cancellation that happened in this run can leave one of two changes undone."""
LOCK_ACROSS_AWAIT_UNUSED = Weight("latent", 1.5, 0.4)
"""As above, but nobody waited in this run."""
SHORT_BLOCKING_CALL = Weight("latent", 1.8, 0.5)
"""As above, but too short to be noticed."""

# Hints: whether the program prevents them is not in the recording; a re-run can tell.

CYCLE_OF_LOCKS = Weight("hint", 0.5, 0.15)
"""A hang, but most cycles of locks are prevented by something that is not recorded."""
JOIN_ON_LOOP = Weight("hint", 0.5, 0.2)
"""A loop blocks to join a thread that may still ask it for something."""
CHECKED_QUEUE = Weight("hint", 0.5, 0.2)
"""A queue is found not empty, another actor takes the item, and `get()` never returns."""
WAIT_UNDER_LOCK = Weight("hint", 0.6, 0.15)
"""A wait under a lock that the answer needs: a cycle of one lock and one wait."""
SYNCHRONOUS_CALLBACK = Weight("hint", 0.6, 0.2)
"""A callback that waits for the loop, called by the loop itself if its future is already done."""
EARLY_SET = Weight("hint", 0.6, 0.2)
"""An event is set before what it announces is written."""
UNREACHED_SET = Weight("hint", 0.6, 0.2)
"""An event that its setter does not come to if a check fails."""
FORKED_LOCK = Weight("hint", 0.6, 0.2)
"""A lock that a thread may hold when the process is forked."""
SPLIT_MESSAGE = Weight("hint", 0.6, 0.2)
"""Items of one message that two consumers of a queue may share."""
STALE_EVENT = Weight("hint", 0.6, 0.2)
"""An event that a worker clears only when it begins, and that is waited for by who gave it the work."""
UNREACHED_WAIT = Weight("hint", 0.6, 0.2)
"""A set is cleared before a wait that this run did not reach."""
WRONG_WAITER = Weight("hint", 0.6, 0.3)
"""One notification, two kinds of waiters: more often a bug than the others."""
UNLOCKED_NOTIFICATION = Weight("hint", 0.7, 0.2)
"""A state that changes outside of the lock under which it is checked before a wait."""
REPEATED_PULSE = Weight("hint", 0.8, 0.2)
"""As `EVENT_SET_TOO_EARLY`, but the waiter checks again in a loop, so it may be meant so."""
COLLECTED_UNDER_LOCK = Weight("hint", 0.8, 0.2)
"""As `FINALIZER_UNDER_LOCK`, but only a garbage collection at that moment runs the finalizer."""
CLOSED_AFTER_CHECK = Weight("hint", 0.7, 0.25)
"""A library object is closed between a check that it is open and its use. The use may be refused without harm."""
SKIPPED_USE = Weight("hint", 0.8, 0.2)
"""A use that this run skipped because its check came late."""
REPEATED_WORK = Weight("hint", 1.0, 0.2)
"""Two compute the same. Mostly only time is lost."""
ROWS_DOUBTFUL = Weight("hint", 1.2, 0.25)
"""As `ROWS_CHECKED`, but the database or the program may refuse the second."""
RESET_REQUEST = Weight("hint", 1.2, 0.2)
"""A request that is reset before it is seen."""
DEFERRED_SET = Weight("hint", 1.3, 0.2)
"""A set that the loop makes only later."""
DOUBLE_REMOVAL = Weight("hint", 1.4, 0.2)
"""Two actors remove one element: the second fails."""
LOST_BATCH = Weight("hint", 1.4, 0.2)
"""Items that a cancelled task has removed and not handed over."""
SELF_CANCELLATION = Weight("hint", 1.4, 0.2)
"""A task that cancels itself, and then awaits."""
CANCELLED_UPDATE_ELSEWHERE = Weight("hint", 1.5, 0.15)
"""As `CANCELLED_UPDATE`, but nobody cancels the task in this run."""
CANCELLED_RESULT = Weight("hint", 1.6, 0.15)
"""A result that a cancellation at one moment drops, or that makes its sender fail."""
CANCELLED_CLEANUP = Weight("hint", 1.6, 0.2)
"""A resource that a cancellation at one await leaves taken."""
TIME_LIMIT = Weight("hint", 1.7, 0.1)
"""A time limit that could end a call at each of its awaits: only a re-run shows whether the call cleans up."""
LATE_ANSWER = Weight("hint", 1.8, 0.1)
"""An answer after the time limit of its wait: the last to try."""
