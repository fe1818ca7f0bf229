"""The words that converting a body adds to it, in the language of the page.

A body that speaks German has its notes, figures and callouts in German, whatever the
language of the site around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dlsite.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What a language calls the parts of a page; `end` stands behind a figure's number.

    `note` to `caution` are the titles of callouts whose author gave none; `done` and `open` say
    how a task stands.
    """

    figure: str
    table: str
    code: str
    contents: str
    footnotes: str
    footnote: str
    back: str
    note: str
    tip: str
    important: str
    warning: str
    caution: str
    done: str
    open: str
    end: str = "."

    def callout(self, kind: str) -> str:
        """Return the title of a callout of one of the five kinds."""
        title: str = getattr(self, kind)
        return title


def _words(line: str, end: str = ".") -> Words:
    return replace(Words(*(word.strip() for word in line.split("|"))), end=end)


ENGLISH = _words(
    "Figure | Table | Code | Contents | Footnotes | Footnote | Back to reference"
    " | Note | Tip | Important | Warning | Caution | Done | Not done"
)
_WORDS: Mapping[str, Words] = {
    "en": ENGLISH,
    "ar": _words(
        "الشكل | الجدول | شيفرة | المحتويات | الحواشي | حاشية | العودة إلى المرجع"
        " | ملاحظة | نصيحة | مهم | تحذير | تنبيه | تم | لم يتم بعد"
    ),
    "cs": _words(
        "Obrázek | Tabulka | Kód | Obsah | Poznámky pod čarou | Poznámka | Zpět k odkazu"
        " | Poznámka | Tip | Důležité | Varování | Pozor | Hotovo | Nehotovo"
    ),
    "da": _words(
        "Figur | Tabel | Kode | Indhold | Fodnoter | Fodnote | Tilbage til henvisning"
        " | Bemærk | Tip | Vigtigt | Advarsel | Forsigtig | Udført | Ikke udført"
    ),
    "de": _words(
        "Abbildung | Tabelle | Code | Inhalt | Fußnoten | Fußnote | Zurück zur Stelle"
        " | Hinweis | Tipp | Wichtig | Warnung | Vorsicht | Erledigt | Offen"
    ),
    "es": _words(
        "Figura | Tabla | Código | Contenido | Notas al pie | Nota al pie | Volver a la referencia"
        " | Nota | Consejo | Importante | Advertencia | Precaución | Hecho | Pendiente"
    ),
    "fa": _words(
        "شکل | جدول | کد | فهرست مطالب | پانویس‌ها | پانویس | بازگشت به متن"
        " | یادداشت | نکته | مهم | هشدار | احتیاط | انجام شد | انجام نشده"
    ),
    "fr": _words(
        "Figure | Tableau | Code | Sommaire | Notes de bas de page | Note | Retour à la référence"
        " | Note | Astuce | Important | Avertissement | Attention | Fait | À faire"
    ),
    "he": _words(
        "איור | טבלה | קוד | תוכן העניינים | הערות שוליים | הערת שוליים | חזרה למקום בטקסט"
        " | הערה | עצה | חשוב | אזהרה | זהירות | בוצע | לא בוצע"
    ),
    "it": _words(
        "Figura | Tabella | Codice | Indice | Note a piè di pagina | Nota | Torna al riferimento"
        " | Nota | Suggerimento | Importante | Avviso | Attenzione | Fatto | Da fare"
    ),
    "ja": _words(
        "図 | 表 | コード | 目次 | 脚注 | 脚注 | 本文に戻る | 注記 | ヒント | 重要 | 警告 | 注意"
        " | 完了 | 未完了",
        end="",
    ),
    "ko": _words(
        "그림 | 표 | 코드 | 차례 | 각주 | 각주 | 본문으로 | 참고 | 팁 | 중요 | 경고 | 주의"
        " | 완료 | 미완료"
    ),
    "nl": _words(
        "Figuur | Tabel | Code | Inhoud | Voetnoten | Voetnoot | Terug naar verwijzing"
        " | Opmerking | Tip | Belangrijk | Waarschuwing | Let op | Klaar | Nog te doen"
    ),
    "pl": _words(
        "Rysunek | Tabela | Kod | Spis treści | Przypisy | Przypis | Powrót do odsyłacza"
        " | Uwaga | Wskazówka | Ważne | Ostrzeżenie | Ostrożnie | Zrobione | Do zrobienia"
    ),
    "pt": _words(
        "Figura | Tabela | Código | Conteúdo | Notas de rodapé | Nota | Voltar à referência"
        " | Nota | Dica | Importante | Aviso | Cuidado | Feito | Por fazer"
    ),
    "ru": _words(
        "Рисунок | Таблица | Код | Содержание | Сноски | Сноска | Назад к ссылке"
        " | Примечание | Совет | Важно | Предупреждение | Осторожно | Сделано | Не сделано"
    ),
    "sv": _words(
        "Figur | Tabell | Kod | Innehåll | Fotnoter | Fotnot | Tillbaka till hänvisning"
        " | Obs | Tips | Viktigt | Varning | Försiktigt | Klart | Inte klart"
    ),
    "zh": _words(
        "图 | 表 | 代码 | 目录 | 脚注 | 脚注 | 返回引用处 | 注意 | 提示 | 重要 | 警告 | 小心"
        " | 已完成 | 未完成",
        end="",
    ),
}


class Labels:
    """The words for the page that is being converted; one for all constructs of a converter."""

    def __init__(self) -> None:
        self.words = ENGLISH
        self.language = "en"

    def speak(self, language: str) -> None:
        """Take the words of a language, the English ones for one that is not known."""
        self.words = words_of(language)
        self.language = language


def words_of(language: str) -> Words:
    """Return the words of a language tag, the English ones for one that is not known."""
    tag = language.lower().replace("_", "-")
    return _WORDS.get(tag.partition("-")[0], ENGLISH)
