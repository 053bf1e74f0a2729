"""The open transaction of a connection to a database, known from whether one is open after each statement."""

from __future__ import annotations

from collections.abc import Callable

from causeway.boundary.plain import quote_name


class Connected:
    """What is known of a connection: its number, and the number and isolation (as JSON) of its open transaction. `next_number` counts connections,
    statements and transactions of its kind of database."""

    __slots__ = ("isolation", "next_number", "number", "transaction")

    def __init__(self, next_number: Callable[[], int]) -> None:
        self.next_number = next_number
        self.number = next_number()
        self.transaction: int | None = None
        self.isolation = "null"

    def transaction_json(self, is_open: bool, isolation: Callable[..., str], *of: object) -> str:
        """The members `transaction` (its number) and `isolation` of the record of a statement after which a transaction is open, or not.

        The statement that ends a transaction belongs to it. `isolation(*of)` is asked once, for a transaction that has just begun.
        """
        number = self.transaction
        if is_open:
            if number is None:
                number = self.transaction = self.next_number()
                self.isolation = quote_name(isolation(*of))
        elif number is None:
            return 'null,"isolation":null'
        else:
            self.transaction = None
        return f'{number},"isolation":{self.isolation}'
