"""Amounts: money, percent, units, sizes, fractions, ordinals, ranges, versions, plain numbers, in any language."""

import re
from collections.abc import Iterator

from agent.pipeline.speakable.figures import AMOUNT, bare_number, is_one, number, parts
from agent.pipeline.speakable.table import Reader, Spoken, Tongue, any_of, rule

_DASH = r"\s?[–—-]\s?"
_SIGN = r"(?<![\w.,])(?P<sign>[-−+±~≈])?"
_FREE = r"(?<![\w.,])"
_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip


class Amounts:
    """The readers of one language."""

    def __init__(self, tongue: Tongue) -> None:
        self._tongue = tongue
        self._words = tongue.words
        self._signs = {
            "-": tongue.words.minus, "−": tongue.words.minus, "+": tongue.words.plus, "±": tongue.words.plus_or_minus,
            "~": tongue.words.about, "≈": tongue.words.about,
        }  # fmt: skip

    def rules(self) -> Iterator[tuple[re.Pattern[str], Reader]]:
        """In the order they are tried."""
        yield from self._money_rules()
        amount = rf"(?:(?P<low>{AMOUNT}){_DASH})?(?P<amount>{AMOUNT})"
        yield rule(rf"{_SIGN}{amount}\s?(?P<per>[%‰])", self._percent)
        units = any_of(self._tongue.units)
        yield rule(rf"{_SIGN}{amount}\s?[x×]\s?(?P<second>{AMOUNT})\s?(?P<unit>{units})(?![\w²³])", self._size)
        yield rule(rf"{_SIGN}{amount}[\s\u00a0\u202f]?(?P<unit>{units})(?![\w²³'’])", self._unit)
        not_grouped = "" if self._tongue.decimal_mark == "." else r"(?!\d{1,3}(?:\.\d{3})+(?!\d))"
        yield rule(r"\b[vV](?P<text>\d+(?:\.\d+)*)\b", self._version)
        yield rule(rf"(?<![\d.,]){not_grouped}\d+(?:\.\d+){{2,}}(?!\d)", self._version)
        yield from self._fraction_rules()
        yield from self._number_rules()

    def _money_rules(self) -> Iterator[tuple[re.Pattern[str], Reader]]:
        signs, scale = any_of(self._tongue.currencies), rf"(?:\s?(?P<scale>{any_of(self._tongue.scales)})(?![\w]))?"
        per = r"(?:/(?P<per>[^\W\d_]+))?"
        yield rule(
            rf"(?<![\w.,$€£])(?P<sign>[-−+~≈])?(?P<unit>{signs})\s?(?:(?P<low>{AMOUNT}){_DASH}(?:{signs})?\s?)?"
            rf"(?P<amount>{AMOUNT}){scale}{per}",
            self._money,
        )
        yield rule(
            rf"{_SIGN}(?:(?P<low>{AMOUNT}){_DASH})?(?P<amount>{AMOUNT})(?:\s?(?P<scale>{any_of(self._tongue.scales)}))?"
            rf"[\s\u00a0\u202f]?(?P<unit>{signs})(?!\w){per}",
            self._money,
        )
        yield rule(rf"{_FREE}(?P<amount>\d+)\s?[¢]", self._cents)

    def _fraction_rules(self) -> Iterator[tuple[re.Pattern[str], Reader]]:
        signs = "".join(_VULGAR)
        yield rule(rf"(?P<whole>\d+)?\s?(?P<sign>[{signs}])", self._vulgar)
        yield rule(
            r"(?<![\w.,/])(?:(?P<whole>\d{1,3})\s)?(?P<above>\d{1,3})\s?[/⁄]\s?(?P<below>\d{1,3})(?![\w/]|[.,]\d)",
            self._fraction,
        )

    def _number_rules(self) -> Iterator[tuple[re.Pattern[str], Reader]]:
        bare = bare_number(self._tongue)
        scale = rf"(?P<scale>{any_of(self._tongue.scales)})(?!\w)"
        yield rule(r"\b(?P<n>\d{1,4})(?:st|nd|rd|th)\b", lambda m: self._tongue.ordinal(int(m["n"])))
        yield rule(r"(?<!\w)#(?P<n>\d+)\b", lambda m: f"{self._words.number} {number(m['n'], self._tongue)}")
        yield rule(r"§+\s?(?=\d)", lambda _: f"{self._words.section} ")
        yield rule(rf"{_SIGN}(?P<amount>{bare})\s?{scale}", self._scaled)
        yield rule(
            r"(?<![\w.,:/-])\d{1,3}(?:-\d{1,3}){2,}(?![\w:/-])", lambda m: ", ".join(map(self._say, m[0].split("-")))
        )
        yield rule(r"(?<![\w.,:])(?P<a>\d{1,2}):(?P<b>\d{1,2})(?![\w:])", self._range)
        yield rule(
            rf"(?<![\w.,])(?P<a>{bare})\s?[x×]\s?(?P<b>{bare})(?![\w])",
            lambda m: f"{self._say(m['a'])} {self._words.by} {self._say(m['b'])}",
        )
        yield rule(rf"(?<![\w.,])(?P<a>{bare})[x×](?!\w)", lambda m: f"{self._say(m['a'])} {self._words.times}")
        yield rule(rf"(?<![\w.,])(?P<a>{bare})(?:{_DASH})(?P<b>{bare})(?!\w|-\d)", self._range)
        yield rule(rf"(?<![\w])(?P<sign>[-−+±~≈])\s?(?P<amount>{bare})(?!\w)", self._signed)
        yield rule(rf"(?P<amount>{bare})\+(?!\w)", lambda m: f"{self._say(m['amount'])} {self._words.plus}")
        yield rule(bare, self._plain)

    def _say(self, text: str) -> str:
        return number(text, self._tongue)

    def _amount(self, match: re.Match[str]) -> str:
        """Sign, "from … to", and the amount, bent for the noun behind it."""
        sign = self._signs.get(match["sign"] or "", "")
        low = f"{self._say(match['low'])} {self._words.to} " if match.groupdict().get("low") else ""
        return f"{sign} {low}{self._tongue.before_noun(self._say(match['amount']))}".strip()

    def _counted(self, match: re.Match[str], one: str, many: str) -> str:
        if is_one(match["amount"], self._tongue) and not match.groupdict().get("low"):
            return f"{self._signs.get(match['sign'] or '', '')} {one}".strip()
        return f"{self._amount(match)} {many}"

    def _money(self, match: re.Match[str]) -> Spoken:
        currency = self._tongue.currencies[match["unit"]]
        per = f" {self._words.per} {match['per']}" if match["per"] else ""
        whole, fraction = parts(match["amount"], self._tongue)
        if match["scale"]:
            return f"{self._amount(match)} {self._tongue.scales[match['scale']]} {currency.many}{per}"
        if match["low"] or len(fraction) > 2:
            return f"{self._amount(match)} {currency.many}{per}"
        sign = self._signs.get(match["sign"] or "", "")
        spoken = self._tongue.money(int(whole or "0"), int((fraction + "0")[:2]) if fraction else 0, currency)
        return f"{sign} {spoken}{per}".strip()

    def _cents(self, match: re.Match[str]) -> Spoken:
        return self._tongue.money(0, int(match["amount"]), self._tongue.currencies["$"])

    def _percent(self, match: re.Match[str]) -> Spoken:
        return f"{self._amount(match)} {self._words.percent if match['per'] == '%' else self._words.per_mille}"

    def _unit(self, match: re.Match[str]) -> Spoken:
        return self._counted(match, *self._tongue.units[match["unit"]])

    def _size(self, match: re.Match[str]) -> Spoken:
        unit = self._tongue.units[match["unit"]][1]
        return f"{self._amount(match)} {self._words.by} {self._say(match['second'])} {unit}"

    def _version(self, match: re.Match[str]) -> Spoken:
        text = match.groupdict().get("text") or match[0]
        named = f"{self._words.version} " if "text" in match.groupdict() else ""
        point = self._words.point if self._tongue.decimal_mark == "." else self._words.dot
        return named + f" {point} ".join(self._tongue.cardinal(int(part)) for part in text.split("."))

    def _vulgar(self, match: re.Match[str]) -> Spoken:
        return self._mixed(match["whole"], *_VULGAR[match["sign"]])

    def _fraction(self, match: re.Match[str]) -> Spoken:
        above, below = int(match["above"]), int(match["below"])
        return self._mixed(match["whole"], above, below)

    def _mixed(self, whole: str | None, above: int, below: int) -> str:
        fraction = self._tongue.fraction(above, below)
        if not whole:
            return fraction
        if fraction == "ein halb":
            return f"{self._tongue.before_noun(self._say(whole))}einhalb"
        return f"{self._say(whole)} {self._words.and_} {_a(fraction)}"

    def _scaled(self, match: re.Match[str]) -> Spoken:
        sign = self._signs.get(match["sign"] or "", "")
        return f"{sign} {self._say(match['amount'])} {self._tongue.scales[match['scale']]}".strip()

    def _plain(self, match: re.Match[str]) -> Spoken:
        """With a space where a letter stood next to it."""
        text, start, end = match.string, match.start(), match.end()
        before = " " if start and text[start - 1].isalpha() else ""
        return f"{before}{self._say(match[0])}{' ' if text[end : end + 1].isalpha() else ''}"

    def _range(self, match: re.Match[str]) -> Spoken:
        return f"{self._say(match['a'])} {self._words.to} {self._say(match['b'])}"

    def _signed(self, match: re.Match[str]) -> Spoken:
        return f"{self._signs[match['sign']]} {self._say(match['amount'])}"


def _a(fraction: str) -> str:
    """ "two and a half" rather than "two and one half", "dos y medio"."""
    if fraction == "un medio":
        return "medio"
    return f"a {fraction[4:]}" if fraction in {"one half", "one quarter"} else fraction
