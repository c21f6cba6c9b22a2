"""German."""

from parley.relaying.languages.words import Words

WORDS = Words(
    greeting="Guten Tag,",
    refused_subject="Ihre Nachricht wurde nicht zugestellt",
    held_subject="Ihre Nachricht wird geprüft",
    refused="Ihre Nachricht an $alias vom $date wurde nicht zugestellt.",
    held=(
        "Ihre Nachricht an $alias vom $date wurde noch nicht zugestellt. Zuerst sieht sie ein Mensch an; Sie "
        "brauchen sie nicht noch einmal zu senden."
    ),
    reference=(
        "Wenn Sie uns danach fragen, nennen Sie diese Nummer: $message. Bitte antworten Sie nicht auf diese "
        "E-Mail."
    ),
    confirmation_subject="Ihr Postfach empfängt wieder Nachrichten",
    confirmation=(
        "Nachrichten an Sie konnten eine Zeit lang nicht zugestellt werden. Da Sie diese lesen, nimmt Ihr "
        "Postfach sie wieder an, und Sie erhalten neue Nachrichten wie zuvor. Sie brauchen nichts zu tun."
    ),
    reasons={
        "recipient-unreachable": (
            "Die Gegenseite ist zurzeit nicht per E-Mail erreichbar. Wenn es eilt, fragen Sie $marketplace, "
            "wie Sie sie erreichen."
        ),
        "not-delivered": (
            "Sie wurde weitergegeben und konnte nicht zugestellt werden. Senden Sie sie später noch einmal, "
            "kürzer oder ohne Anhänge, falls sie welche hatte."
        ),
        "unregistered-mailbox": (
            "Das Postfach, von dem Sie geschrieben haben, ist für diese Unterhaltung nicht registriert. "
            "Schreiben Sie von dem Postfach, in dem Sie ihre Nachrichten erhalten, oder registrieren Sie "
            "dieses bei $marketplace."
        ),
        "conversation-closed": (
            "Diese Unterhaltung ist geschlossen. Wenn Sie noch etwas schreiben müssen, öffnen Sie sie bei "
            "$marketplace wieder."
        ),
        "virus": (
            "Darin wurde ein Virus gefunden. Prüfen Sie Ihren Computer und senden Sie die Nachricht ohne die "
            "Datei noch einmal."
        ),
        "too-large": (
            "Sie ist zu groß. Senden Sie sie mit kleineren oder weniger Anhängen noch einmal (25 MB "
            "insgesamt)."
        ),
        "too-many-recipients": (
            "Sie war an mehr als zehn Postfächer dieses Dienstes zugleich gerichtet. Schreiben Sie jeder "
            "Seite einzeln; wenn Sie vielen etwas mitteilen müssen, fragen Sie $marketplace."
        ),
        "too-many-parts": "Sie hat zu viele Teile. Senden Sie sie mit weniger Anhängen noch einmal.",
        "attachment-type-refused": (
            "Sie hat einen Anhang, dessen Art nicht zugestellt wird (zum Beispiel ein Programm). Senden Sie "
            "sie ohne diese Datei noch einmal, oder als PDF oder Bild."
        ),
        "encrypted": (
            "Sie ist verschlüsselt. Nachrichten müssen hier lesbar sein, damit $marketplace Streitfälle "
            "entscheiden kann; senden Sie sie unverschlüsselt noch einmal."
        ),
        "spam": "Sie sieht nach Spam aus.",
        "not-checked": "Sie konnte bei ihrem Eingang nicht auf Spam und Viren geprüft werden.",
        "not-taken": "Sie konnte aus technischen Gründen nicht weitergegeben werden.",
        "unreadable": "Sie konnte nicht mit Sicherheit gelesen werden.",
    },
)
