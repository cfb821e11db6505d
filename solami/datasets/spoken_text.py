"""Written English as it is read aloud: numbers, dates, times, money, units, abbreviations. Pronounces nothing.

Dates written with slashes are month first. Four digits from 1100 to 2099 are read as a year, which suits amounts too
("fifteen hundred people").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from solami.errors import InputError

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MONTH = "|".join([*MONTHS, *(f"{month[:3]}\\.?" for month in MONTHS), "Sept\\.?"])
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
CURRENCIES = {
    "$": ("dollar", "cent"),
    "€": ("euro", "cent"),
    "£": ("pound", "penny"),
    "¥": ("yen", "sen"),
}
UNITS = {
    "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "kg": "kilogram", "g": "gram",
    "mg": "milligram", "lb": "pound", "lbs": "pound", "oz": "ounce", "ft": "foot", "mi": "mile", "mph": "mile per hour",
    "km/h": "kilometer per hour", "ms": "millisecond", "min": "minute", "hr": "hour", "hrs": "hour", "Hz": "hertz",
    "kHz": "kilohertz", "GB": "gigabyte", "MB": "megabyte", "°C": "degree Celsius", "°F": "degree Fahrenheit",
    "°": "degree",
}  # fmt: skip
ABBREVIATIONS = {
    "Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Prof.": "Professor", "Jr.": "Junior",
    "Sr.": "Senior", "Capt.": "Captain", "Gen.": "General", "Sgt.": "Sergeant", "Lt.": "Lieutenant", "Mt.": "Mount",
    "Ave.": "Avenue", "Blvd.": "Boulevard", "Rd.": "Road", "vs.": "versus", "etc.": "et cetera",
    "e.g.": "for example", "i.e.": "that is", "approx.": "approximately", "Dept.": "Department", "Inc.": "Incorporated",
    "Ltd.": "Limited",
}  # fmt: skip
_HALVES = {"a": "ay", "p": "P"}  # espeak-ng takes a lone A for the article
SIGNS = {"&": "and", "@": "at", "+": "plus", "=": "equals", "#": "number"}


def spoken(text: str) -> str:
    """The text with everything that is not a word, a name or punctuation written out. Words stay as they were."""
    text = re.sub(r"(?<![\d.])([ap])\.\s?m\.(?=\s+[a-z]|[,;:!?)])", r"\1m", text)  # an end of sentence keeps its mark
    for pattern, write in _RULES:
        text = pattern.sub(write, text)
    return " ".join(text.split()).replace("( ", "(")


@cache
def _inflect() -> Any:
    try:
        import inflect
    except ImportError as error:
        raise InputError("numbers cannot be spoken: install the extra `data` of this package (inflect)") from error
    return inflect.engine()


def cardinal(number: str) -> str:
    """'1,234.5' -> 'one thousand two hundred thirty-four point five'."""
    return str(_inflect().number_to_words(number.replace(",", ""), andword="", comma=""))


def ordinal(number: int) -> str:
    """21 -> 'twenty-first'."""
    return str(_inflect().number_to_words(_inflect().ordinal(number), andword="", comma=""))


def year(number: int) -> str:
    """1984 -> 'nineteen eighty-four', 1905 -> 'nineteen oh five', 2007 -> 'two thousand seven'."""
    century, rest = divmod(number, 100)
    if 2000 <= number < 2010 or number % 1000 == 0:
        return cardinal(str(number))
    if not rest:
        return f"{cardinal(str(century))} hundred"
    return f"{cardinal(str(century))} {'oh ' if rest < 10 else ''}{cardinal(str(rest))}"


def digits(number: str) -> str:
    """'007' -> 'zero zero seven'."""
    return " ".join(cardinal(digit) for digit in number if digit.isdigit())


def _count(amount: str, unit: str) -> str:
    """'two dollars': the unit's first word in the plural unless the amount is one."""
    first, _, rest = unit.partition(" ")
    many = first if amount == "1" or first in ("hertz", "yen") else str(_inflect().plural(first))
    return " ".join(part for part in (cardinal(amount), many, rest) if part)


def _money(match: re.Match[str]) -> str:
    whole, small = CURRENCIES[match["sign"]]
    amount, cents = match["whole"].replace(",", ""), match["cents"]
    if match["scale"]:
        number = cardinal(amount + (f".{cents}" if cents else ""))
        return f"{number} {match['scale']} {_inflect().plural(whole) if whole != 'yen' else whole}"
    parts = [_count(amount, whole)] if int(amount) or not cents else []
    if cents and int(cents):
        few = str(int(cents.ljust(2, "0")))
        word = small if few == "1" else "pence" if small == "penny" else f"{small}s"
        parts.append(f"{cardinal(few)} {word}")
    return " and ".join(parts) or _count("0", whole)


def _time(match: re.Match[str]) -> str:
    hour, minute, half = int(match["hour"]), match["minute"], match["half"]
    words = [cardinal(str(hour % 12 or 12) if half else str(hour))]
    if minute is not None and int(minute):
        words.append(f"oh {cardinal(minute[1])}" if minute[0] == "0" else cardinal(minute))
    elif not half:
        words.append("o'clock" if 0 < hour <= 12 else "hundred")
    return " ".join(words) + (f" {_HALVES[half[0].lower()]} M" if half else "")


def _date(month: str, day: str, of_year: str | None) -> str:
    name = next(full for full in MONTHS if full[:3] == month[:3])
    return f"{name} {ordinal(int(day))}" + (f", {year(int(of_year))}" if of_year else "")


def _numeric_date(match: re.Match[str]) -> str:
    month, day, of_year = int(match["month"]), int(match["day"]), match["year"]
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return match[0]
    full = of_year if len(of_year) == 4 else f"{'19' if int(of_year) > 50 else '20'}{of_year}"
    return _date(MONTHS[month - 1], str(day), full)


def _fraction(match: re.Match[str]) -> str:
    over, under = int(match[1]), int(match[2])
    if not 2 <= under <= 20:
        return f"{cardinal(match[1])} over {cardinal(match[2])}"
    name = {2: "half", 4: "quarter"}.get(under) or ordinal(under)
    return f"{cardinal(match[1])} {name if over == 1 else 'halves' if under == 2 else name + 's'}"


def _plain(match: re.Match[str]) -> str:
    number = match[0]
    if number.isdigit() and ((len(number) > 1 and number[0] == "0") or (len(number) >= 7 and number[-3:] != "000")):
        return digits(number)
    if number.isdigit() and len(number) == 4 and 1100 <= int(number) < 2100:
        return year(int(number))
    return cardinal(number)


def _decade(match: re.Match[str]) -> str:
    return str(_inflect().plural(year(int(match[1]))))


def _words(table: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True))


_Write = Callable[[re.Match[str]], str]
_RULES: tuple[tuple[re.Pattern[str], _Write], ...] = (
    (
        re.compile(
            r"(?P<sign>[$€£¥])(?P<whole>\d+(?:,\d{3})*)(?:\.(?P<cents>\d{1,2}))?(?!\d)"
            r"(?:\s(?P<scale>thousand|million|billion|trillion)\b)?"
        ),
        _money,
    ),
    (re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"), _numeric_date),
    (re.compile(r"\b(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}|\d{2})\b"), _numeric_date),
    (
        re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?(?![\d:%]|,\d)"),
        lambda match: _date(match[1], match[2], match[3]),
    ),
    (
        re.compile(rf"\b(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({'|'.join(MONTHS)})\b(?:,? (\d{{4}})\b)?"),
        lambda match: f"the {ordinal(int(match[1]))} of {match[2]}" + (f", {year(int(match[3]))}" if match[3] else ""),
    ),
    (re.compile(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?:\s?(?P<half>[aApP])\.?[mM]\b)?"), _time),
    (re.compile(r"\b(?P<hour>\d|1[0-2])(?P<minute>(?!))?\s?(?P<half>[aApP])\.?[mM]\b"), _time),
    (re.compile(r"\b(1[1-9]\d0|20\d0)'?s\b"), _decade),
    (re.compile(r"\bNo\. ?(?=\d)"), lambda match: "number "),
    (re.compile(r"\bSt\.(?= [A-Z])"), lambda match: "Saint"),
    (re.compile(r"(?<=[a-z] )St\."), lambda match: "Street"),
    (re.compile(rf"(?<!\w)({_words(ABBREVIATIONS)})(?=\s*$)"), lambda match: ABBREVIATIONS[match[1]] + "."),
    (re.compile(rf"(?<!\w)({_words(ABBREVIATIONS)})"), lambda match: ABBREVIATIONS[match[1]]),
    (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b"), lambda match: ordinal(int(match[1]))),
    (re.compile(r"\b(\d{3})-(\d{3}-)?(\d{4})\b"), lambda match: ", ".join(digits(p) for p in match[0].split("-"))),
    (re.compile(rf"({_NUMBER})\s?%"), lambda match: f"{cardinal(match[1])} percent"),
    (re.compile(rf"({_NUMBER})\s?({_words(UNITS)})(?!\w)"), lambda match: _count(match[1], UNITS[match[2]])),
    (re.compile(r"\b(\d{1,3})/(\d{1,3})\b"), _fraction),
    (re.compile(r"(?<=\d)\s?[-\u2013]\s?(?=\d)"), lambda match: " to "),
    (re.compile(r"(?<![\w-])-(?=\d)"), lambda match: "minus "),
    (re.compile(r"(?<=\d)\s?[x\u00d7]\s?(?=\d)"), lambda match: " by "),
    (re.compile(_NUMBER), lambda match: f" {_plain(match)} "),
    (re.compile(rf"\s*([{re.escape(''.join(SIGNS))}])\s*"), lambda match: f" {SIGNS[match[1]]} "),
    (re.compile(r"\s+(?=[.,;:!?)'](?:\s|$))"), lambda match: ""),
)
