"""An amount, counted in the smallest unit of its currency.

Digits after the point are those of ISO 4217.
"""

from dataclasses import dataclass

_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
WHOLE = frozenset(_WHOLE.split())
THOUSANDTHS = frozenset(_THOUSANDTHS.split())
SMALLEST = {0: 1, 2: 100, 3: 1000}
"""How many of the smallest unit make one, by digits after the point."""


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` counts the smallest unit: cents, or whole yen."""

    minor: int
    currency: str

    @property
    def words(self) -> str:
        """Such as 1,500 EUR or 1,500.50 EUR."""
        digits = digits_of(self.currency)
        whole, rest = divmod(self.minor, SMALLEST[digits])
        point = f".{rest:0{digits}}" if rest else ""
        return f"{whole:,}{point} {self.currency}"

    @property
    def typed(self) -> str:
        """As `read_money` takes it, without a question."""
        return self.words.replace(" ", "0 ") if self.minor % 1000 and self._fine else self.words

    @property
    def _fine(self) -> bool:
        return self.currency in THOUSANDTHS


def digits_of(currency: str) -> int:
    return 0 if currency in WHOLE else 3 if currency in THOUSANDTHS else 2
