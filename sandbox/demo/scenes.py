"""The table of scenes, in the order in which they are played."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.demo.acts import Act
from sandbox.demo.between_two import answer, first_mail, follow_up, two_aliases
from sandbox.demo.checks import Check
from sandbox.demo.stage import Stage
from sandbox.demo.troubles import bounce, closing, forgery, out_of_office, stranger


@dataclass(frozen=True, slots=True)
class Scene:
    """caption: what happens, and why it matters. play: does it, and says what came of it."""

    title: str
    caption: str
    play: Callable[[Stage], Act]


SCENES = (
    Scene(
        "The first mail",
        "Anna asks a tea shop about a broken cup, and her letter names her mailbox, an older one and her"
        " domain. The shop can read it and answer, and learns none of them.",
        first_mail,
    ),
    Scene(
        "The answer",
        "The shop answers by Outlook, which writes the shop's own mailbox above the quote. Anna sees the"
        " shop's alias there, and her program puts the answer below her question.",
        answer,
    ),
    Scene(
        "A follow-up with attachments",
        "Anna sends a photo and a receipt. The receipt is not touched; the photo loses the name of who took"
        " it, which nobody sees and any program can read.",
        follow_up,
    ),
    Scene(
        "One mail to two shops",
        "Anna writes to two aliases at once. Each shop gets a mail of its own and cannot tell that another"
        " one was asked: one mail never ties two conversations together.",
        two_aliases,
    ),
    Scene(
        "A stranger's mail",
        "Somebody with a real mailbox of their own has found the shop's alias. Only the other party of the"
        " conversation may write to it, so an alias that gets around is worth nothing.",
        stranger,
    ),
    Scene(
        "A forged mail",
        "Somebody writes in Anna's name to have her refund paid elsewhere. Nothing proves that it is Anna, so"
        " the shop never sees it; and Anna is not told, because answers to forgeries are spam.",
        forgery,
    ),
    Scene(
        "An out-of-office",
        "A third shop is away, and its mail program says so to each of Anna's two mails. She hears it once,"
        " marked as automatic; the second time it is recorded and goes no further.",
        out_of_office,
    ),
    Scene(
        "A bounce",
        "A fourth shop's mailbox is gone. The failure report would name it, so SES reports to the relay, and"
        " Anna is told in other words. Her next mail is refused at once.",
        bounce,
    ),
    Scene(
        "The books are closed",
        "Every mail has exactly one outcome, and nothing waits. From what lies in the archive alone, every"
        " link of every chain is computed once more and every signature checked; and each conversation has a"
        " transcript that its reviewer can read.",
        closing,
    ),
)


def play(scene: Scene, stage: Stage) -> Act:
    """What came of the scene; one that cannot be played is a failed check."""
    try:
        return scene.play(stage)
    except Exception as error:  # whatever it is, this is where it is told, and the demo ends with status 1
        seen = f"{type(error).__name__}: {error}"
        return Act(checks=(Check("The scene can be played to its end.", "no error", seen),))
