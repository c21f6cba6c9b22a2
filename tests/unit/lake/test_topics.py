"""What a mail is about."""

import pytest

from parley.lake.topics import MAX_READ, WORDS, topics


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wann kommt mein Paket?", ("delivery",)),
        ("WANN KOMMT MEIN PAKET?", ("delivery",)),
        ("Die Lieferung ist nicht zugestellt worden.", ("delivery",)),
        ("Has it been shipped yet?", ("delivery",)),
        ("Ich möchte die Ware zurückschicken.", ("return",)),
        ("Rueckgabe", ("return",)),
        ("Ru\u0308ckgabe", ("return",)),
        ("I would like to return it.", ("return",)),
        ("Bitte erstatten Sie mir den Betrag.", ("refund",)),
        ("Please refund me.", ("refund",)),
        ("Der Griff ist abgebrochen und das Glas zerkratzt", ("defect",)),
        ("It arrived broken.", ("defect", "delivery")),
        ("Ich brauche noch die Rechnung.", ("invoice",)),
        ("Could you send me an invoice?", ("invoice",)),
        ("Ich habe gestern überwiesen.", ("payment",)),
        ("I paid yesterday.", ("payment",)),
        ("Bitte stornieren!", ("cancellation",)),
        ("Please cancel my order", ("cancellation",)),
        ("Welche Größe hat der Schirm?", ("item-question",)),
        ("Is it compatible with a larger lamp?", ("item-question",)),
        ("Guten Tag, vielen Dank!", ()),
        ("Thank you and good morning", ()),
        ("paymaster returnees packaged", ()),
        ("1234 5678", ()),
        ("", ()),
    ],
)
def test_a_topic_is_told_by_the_words_of_its_list(text: str, found: tuple[str, ...]) -> None:
    assert topics("", text) == found
    assert topics(text, "") == found


def test_what_is_quoted_is_not_what_the_mail_is_about() -> None:
    assert topics("Re: Frage", "Ja, gern.\n> Ist das Paket unterwegs?\n>> Rechnung") == ()


def test_only_the_beginning_of_a_long_mail_is_read() -> None:
    assert topics("", "x " * MAX_READ + "refund") == ()


def test_topics_are_told_once_and_in_order() -> None:
    assert topics("Rechnung", "Paket, Paket, Rechnung, Storno") == ("cancellation", "delivery", "invoice")


def test_lists_are_written_as_words_are_looked_up() -> None:
    for word in " ".join(WORDS.values()).split():
        assert word == word.casefold()
        assert word.rstrip("*").isalpha(), word
        assert word.isascii(), word


def test_no_word_stands_on_a_list_twice() -> None:
    for words in WORDS.values():
        listed = words.split()
        assert len(listed) == len(set(listed))
