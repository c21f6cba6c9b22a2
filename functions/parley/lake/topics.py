"""What a mail is about, told from lists of words in German and English. The words themselves are not kept.

A topic is found where a word of the subject or the text is on its list, or begins as one with `*` does:
`liefer*` finds Lieferung and Lieferzeit. Umlauts may be written with e (Rueckgabe). Lines that quote (">")
say what somebody else wrote before, and are left out. It is a help to count and to choose by, no judgement:
"no refund needed" is about a refund as well, irony is not understood, and other languages have no topic.

Linear: each word is looked up by at most as many beginnings as the longest entry has letters, and only the
first 20,000 characters of a mail are read.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from unicodedata import normalize

MAX_READ: Final = 20_000
"""Characters of a mail."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

WORDS: Final[Mapping[str, str]] = {
    "delivery": """
        liefer* zustell* zugestellt versand* versend* verschick* sendung* paket* paeckchen* spedition*
        sendungsnummer* sendungsverfolgung* angeliefert geliefert unterwegs ausgeliefert auslieferung*
        deliver* shipment* shipping ship shipped dispatch* parcel* package packages tracking courier arrived
        undelivered
    """,
    "return": """
        ruecksend* rueckgabe* retour* zurueckschick* zurueckgeschickt zurueckgesendet zurueckgeben
        zurueckzuschicken zuruecksenden widerruf* umtausch* umzutauschen
        return returns returned returning returnable withdrawal exchange exchanged
    """,
    "refund": """
        erstatt* rueckerstatt* rueckzahlung* zurueckerstatt* zurueckzahl* gutschrift* gutgeschrieben
        refund* reimburse* chargeback moneyback
    """,
    "defect": """
        defekt* kaputt* beschaedig* mangel maengel mangelhaft* fehlerhaft* zerbrochen* gebrochen* schaden
        schaeden zerkratzt* kratzer funktioniert gewaehrleistung* garantie* reklam*
        defect* broken damage damaged faulty malfunction* scratch scratched scratches cracked warranty
        guarantee
    """,
    "invoice": """
        rechnung* beleg quittung* mehrwertsteuer* umsatzsteuer* ust
        invoice* receipt receipts vat
    """,
    "payment": """
        zahlung* bezahl* zahlen gezahlt ueberweis* ueberwiesen lastschrift* kreditkarte* mahnung*
        kontonummer* iban
        pay paid payment* payable paypal transfer transferred
    """,
    "cancellation": """
        stornier* storno* abbestell* kuendig* gekuendigt ruecktritt*
        cancel* cancellation*
    """,
    "item-question": """
        groesse* masse abmessung* farbe farben material verfuegbar* lieferbar* passt kompatib* zubehoer*
        ersatzteil* anleitung* bedienungsanleitung* lager vorraetig
        size sizes dimensions colour colours color colors materials available availability fits
        compatible compatibility accessories manual instructions stock
    """,
}
"""Topic → its words, in small letters, umlauts with e."""


def _lists() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """Whole words and beginnings, each with its topics."""
    whole: dict[str, tuple[str, ...]] = {}
    beginnings: dict[str, tuple[str, ...]] = {}
    for topic, words in WORDS.items():
        for word in words.split():
            known = beginnings if word.endswith("*") else whole
            known[word.rstrip("*")] = (*known.get(word.rstrip("*"), ()), topic)
    return whole, beginnings


_WHOLE, _BEGINNINGS = _lists()
_SHORTEST, _LONGEST = min(map(len, _BEGINNINGS)), max(map(len, _BEGINNINGS))


def topics(subject: str, text: str) -> tuple[str, ...]:
    """The topics of a mail, sorted; empty where no list has a word of it."""
    shown = normalize("NFC", f"{subject}\n{text}"[:MAX_READ])
    read = shown.casefold().translate(_UMLAUTS)
    found: set[str] = set()
    for word in _words(read.split("\n")):
        found.update(_WHOLE.get(word, ()))
        for end in range(_SHORTEST, min(len(word), _LONGEST) + 1):
            found.update(_BEGINNINGS.get(word[:end], ()))
    return tuple(sorted(found))


def _words(lines: Iterable[str]) -> set[str]:
    return {word for each in lines if not each.startswith(">") for word in _WORD.findall(each)}
