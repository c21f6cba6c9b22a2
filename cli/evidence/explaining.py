"""The page in a bundle that tells a person without this program what it is and how to check it."""

_TEXT = """This is the record of a conversation between a buyer and a seller, {whole}.
Conversation {conversation}.

transcript.html    the conversation to read; opens in any browser, loads nothing. Whoever made this file
                   vouches for the page, by the manifest's signature; the mails are what the chain proves
conversations/     the mails as files (.eml opens in a mail program), their attachments
contents/          subject and text of each mail that was passed on, as the other side saw them
notes/             what people of the marketplace wrote down
entries/           what became of each message, and that this export was made
checkpoints/       signed statements of how many links the chain had. One of them counts the link of this
                   export, so that none that was there before can be cut off
chain.json         the chain: each link names the hash of the one before
errors.json        what belongs here and could not be read
manifest.json      SHA-256 and size of every file

To check everything, chain included, without a network:

    parley verify BUNDLE.zip --fingerprint CHECKPOINTS --export-fingerprint MANIFEST

Take the fingerprints of the keys that sign checkpoints and manifests from the marketplace, not from here:
anybody could make a bundle with keys of their own.

To check the files without that program, in the unpacked folder (KEY is the "key" in manifest.json):

    openssl dgst -sha256 -verify keys/KEY.pem -signature manifest.sig manifest.json
    openssl pkey -pubin -in keys/KEY.pem -outform der | sha256sum     # is KEY
    sha256sum conversations/.../original.eml                          # is what manifest.json says
"""
_WHOLE = "complete"
_PART = """as its {viewer} saw it: the {viewer}'s own mails, and those that reached the {viewer}.
Of everything else the chain holds the links only, which prove that nothing was added or removed"""


def readme(conversation: str, viewer: str | None) -> bytes:
    whole = _WHOLE if viewer is None else _PART.format(viewer=viewer)
    return _TEXT.format(conversation=conversation, whole=whole).replace("\n", "\r\n").encode("ascii")
