"""Say dates as a language does; a language that is not known gets ISO dates.

Month names and patterns follow CLDR's long date format, in the Gregorian calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dlsite.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class _Dates:
    """`pattern` takes `d`, `y`, `m` and `month`; `first` stands for the day 1, if anything does."""

    pattern: str
    months: tuple[str, ...] = ()
    first: str = ""

    def say(self, day: date) -> str:
        month = self.months[day.month - 1] if self.months else ""
        number = self.first if self.first and day.day == 1 else str(day.day)
        return self.pattern.format(d=number, y=day.year, m=day.month, month=month)


def _dates(pattern: str, months: str, first: str = "") -> _Dates:
    return _Dates(pattern, tuple(months.split()), first)


_ENGLISH = "January February March April May June July August September October November December"
_DATES: Mapping[str, _Dates] = {
    "en": _dates("{month} {d}, {y}", _ENGLISH),
    "en-gb": _dates("{d} {month} {y}", _ENGLISH),
    "en-au": _dates("{d} {month} {y}", _ENGLISH),
    "en-in": _dates("{d} {month} {y}", _ENGLISH),
    "ar": _dates(
        "{d} {month} {y}",
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    ),
    "cs": _dates(
        "{d}. {month} {y}",
        "ledna února března dubna května června července srpna září října listopadu prosince",
    ),
    "da": _dates(
        "{d}. {month} {y}",
        "januar februar marts april maj juni juli august september oktober november december",
    ),
    "de": _dates(
        "{d}. {month} {y}",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    ),
    "es": _dates(
        "{d} de {month} de {y}",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ),
    "fa": _dates(
        "{d} {month} {y}",
        "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    ),
    "fi": _dates(
        "{d}. {month} {y}",
        "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta "
        "heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
    ),
    "fr": _dates(
        "{d} {month} {y}",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        first="1er",
    ),
    "he": _dates(
        "{d} ב{month} {y}",
        "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    ),
    "hi": _dates(
        "{d} {month} {y}",
        "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्तूबर नवंबर दिसंबर",
    ),
    "id": _dates(
        "{d} {month} {y}",
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    ),
    "it": _dates(
        "{d} {month} {y}",
        "gennaio febbraio marzo aprile maggio giugno "
        "luglio agosto settembre ottobre novembre dicembre",
    ),
    "ja": _Dates("{y}年{m}月{d}日"),
    "ko": _Dates("{y}년 {m}월 {d}일"),
    "nb": _dates(
        "{d}. {month} {y}",
        "januar februar mars april mai juni juli august september oktober november desember",
    ),
    "nl": _dates(
        "{d} {month} {y}",
        "januari februari maart april mei juni juli augustus september oktober november december",
    ),
    "pl": _dates(
        "{d} {month} {y}",
        "stycznia lutego marca kwietnia maja czerwca "
        "lipca sierpnia września października listopada grudnia",
    ),
    "pt": _dates(
        "{d} de {month} de {y}",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    ),
    "ru": _dates(
        "{d} {month} {y} \u0433.",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    ),
    "sv": _dates(
        "{d} {month} {y}",
        "januari februari mars april maj juni juli augusti september oktober november december",
    ),
    "tr": _dates(
        "{d} {month} {y}",
        "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    ),
    "uk": _dates(
        "{d} {month} {y} \u0440.",
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    ),
    "vi": _Dates("{d} tháng {m}, {y}"),
    "zh": _Dates("{y}年{m}月{d}日"),
}


def say_date(day: date, language: str) -> str:
    """Return a date in words: `June 2, 2019`, `2. Juni 2019`, `2019年6月2日`."""
    tag = language.lower().replace("_", "-")
    dates = _DATES.get(tag) or _DATES.get(tag.partition("-")[0])
    return dates.say(day) if dates is not None else day.isoformat()
