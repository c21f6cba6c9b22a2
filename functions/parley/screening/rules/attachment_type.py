"""Attachments that SES refuses to send (AWS: "Unsupported attachment types"), by the ending of their name."""

from collections.abc import Iterator

from parley.mail.findings import Finding
from parley.mail.walk import filename, parts
from parley.screening.context import Context

REFUSED_BY_SES = frozenset(
    """
    ade adp app asp bas bat cer chm cmd com cpl crt csh der exe fxp gadget hlp hta inf ins isp its js
    jse ksh lib lnk mad maf mag mam maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1
    msh2 mshxml msh1xml msh2xml msi msp mst ops pcd pif plg prf prg reg scf scr sct shb shs sys ps1
    ps1xml ps2 ps2xml psc1 psc2 tmp url vb vbe vbs vps vsmacros vss vst vsw vxd ws wsc wsf wsh xnk
    """.split()  # noqa: SIM905  # one name a line would be ninety lines
)


def is_refused(name: str) -> bool:
    """Whether SES refuses to send a file of this name."""
    return "." in name and name.rpartition(".")[2].strip().lower() in REFUSED_BY_SES


def look(context: Context) -> Iterator[Finding]:
    for path, part in parts(context.mail):
        if is_refused(filename(part)):
            yield Finding("attachment-type-refused", place=f"part:{path}")
