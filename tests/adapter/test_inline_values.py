"""Which names of a stopped function an editor asks the values of."""

from causeway_adapter.lsp.expressions import expressions


def test_what_is_evaluated_has_a_value_and_annotations_and_methods_have_none():
    text = "@cache\nasync def pay(self, bank: pay.Bank, sum: int = rate) -> pay.Receipt:\n    left: pay.Money = await self.bank.draw(sum)\n"
    found = {(chain, line) for chain, line, _, _ in expressions(text, 1, 3, 3)}
    assert found == {("self", 2), ("bank", 2), ("sum", 2), ("rate", 2), ("left", 3), ("self.bank", 3), ("self", 3), ("sum", 3)}
