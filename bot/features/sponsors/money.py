"""Money as people write it. What may mean two amounts is asked about, never guessed.

Codes are those of ISO 4217, without metals, funds and test codes.
"""

import re
import unicodedata

from bot.errors import UserError
from bot.markup import plain
from bot.numbers.money import SMALLEST, Money, digits_of

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK
LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG
XOF XPF YER ZAR ZMW ZWG
"""
CODES = frozenset(_CODES.split())
SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₩": "KRW",
    "₪": "ILS",
    "₺": "TRY",
    "₴": "UAH",
    "₫": "VND",
}
NAMES = {"euro": "EUR", "euros": "EUR", "yen": "JPY"}
_DOLLARS, _POUNDS = "Write USD, CAD, AUD or another code.", "Write GBP, EGP or another code."
SHARED = {
    "$": _DOLLARS,
    "dollar": _DOLLARS,
    "dollars": _DOLLARS,
    "pound": _POUNDS,
    "pounds": _POUNDS,
    "¥": "Write JPY or CNY.",
    "kr": "Write SEK, NOK, DKK or ISK.",
}
"""Signs and names of several currencies."""

EXAMPLE = "Write it like 1500 EUR."
MOST = 10**12
"""In the smallest unit. More is a slip."""
SHAPE = re.compile(
    r"(?P<minus>[-−–]?)(?P<before>[^\d.,'’\s+−–-]{0,7}) ?(?P<inner>[-−–]?)"
    r"(?P<amount>\d[\d.,'’ ]*?) ?(?P<after>[^\d.,'’\s+−–-]{0,7})"
)
GROUPED = re.compile(r"\d{1,3}(?:([.,'’ ])\d{3})(?:\1\d{3})*")
LENGTH = 40


def read_money(text: str, field: str) -> Money:
    """Raises UserError at the field, with what to write instead."""
    words = " ".join(unicodedata.normalize("NFKC", text).split())
    found = SHAPE.fullmatch(words) if len(words) <= LENGTH else None
    if found is None:
        raise UserError(f"I can't read “{plain(text, 40)}” as an amount. {EXAMPLE}", field)
    currency = _currency(found["before"], found["after"], field)
    minor = _minor(found["amount"].strip(), currency, field)
    if found["minus"] or found["inner"]:
        raise UserError("The value can't be less than nothing. Write it without a minus.", field)
    if minor > MOST:
        raise UserError("That is more than I can keep. Is there a digit too many?", field)
    return Money(minor, currency)


def _currency(before: str, after: str, field: str) -> str:
    told = [each.strip() for each in (before, after) if each.strip()]
    named = {_code(each, field) for each in told}
    if not named:
        raise UserError(f"In which currency? {EXAMPLE}", field)
    if len(named) > 1:
        raise UserError(f"I see two currencies. {EXAMPLE}", field)
    return named.pop()


def _code(told: str, field: str) -> str:
    if told.upper() in CODES:
        return told.upper()
    if named := SIGNS.get(told) or NAMES.get(told.lower()):
        return named
    if which := SHARED.get(told.lower().rstrip(".")):
        raise UserError(f"“{plain(told)}” stands for several currencies. {which}", field)
    raise UserError(f"I don't know the currency “{plain(told, 10)}”. {EXAMPLE}", field)


def _minor(amount: str, currency: str, field: str) -> int:
    """In the smallest unit. A last group of three after one mark may be thousands or a fraction:
    it is thousands where the currency has no such fraction, and asked about where it has one."""
    digits = digits_of(currency)
    if amount.isdigit():
        return int(amount) * SMALLEST[digits]
    whole, mark, rest = _parted(amount)
    marks = {each for each in amount if not each.isdigit()}
    if len(rest) == 3 and GROUPED.fullmatch(amount):
        if digits == 3 and mark in ".," and amount.count(mark) == 1:
            plainly = amount.replace(mark, "")
            raise UserError(
                f"Is that {plainly} {currency}, or {whole}.{rest} {currency}? "
                f"Write {plainly}, or {whole}.{rest}0 for the second.",
                field,
            )
        return int(re.sub(r"\D", "", amount)) * SMALLEST[digits]
    grouped = whole.isdigit() or (len(marks) == 2 and GROUPED.fullmatch(whole))
    rest = rest.removesuffix("0") if digits == 3 and len(rest) == 4 else rest
    if not grouped or mark not in ".," or not 1 <= len(rest) <= digits:
        raise UserError(_unclear(amount, currency, digits), field)
    return int(re.sub(r"\D", "", whole)) * SMALLEST[digits] + int(rest.ljust(digits, "0"))


def _parted(amount: str) -> tuple[str, str, str]:
    """At the last mark."""
    at = max(index for index, each in enumerate(amount) if not each.isdigit())
    return amount[:at], amount[at], amount[at + 1 :]


def _unclear(amount: str, currency: str, digits: int) -> str:
    if not digits:
        return f"{currency} has no smaller unit. Write a whole amount, such as 1500 {currency}."
    return f"I can't tell how much “{plain(amount, 30)}” is. Write it like 1500.50 {currency}."
