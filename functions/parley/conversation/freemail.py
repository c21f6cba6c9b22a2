"""Domains under which strangers have mailboxes: providers of free mail and of internet access.

A domain that is missing here counts as private: its mailboxes are masked, and a mail from another mailbox at
it is taken for the same party's. So the list should rather be too long.
"""

FREEMAIL_DOMAINS = frozenset(
    """
    126.com 163.com 1und1.de a1.net alice-dsl.de alice-dsl.net alice.it aliceadsl.fr aol.com aol.de
    aon.at arcor.de att.net autograf.pl azet.sk bbox.fr bellsouth.net bigpond.com bk.ru bluewin.ch
    blueyonder.co.uk bol.com.br bredband.net btinternet.com casema.nl cegetel.net centrum.cz charter.net
    chello.at chello.nl club-internet.fr comcast.net comhem.se cox.net daum.net email.cz email.de
    ewe.net ewetel.net fastmail.com fastmail.fm foxmail.com free.fr freenet.de gazeta.pl genion.de
    gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.eu gmx.info gmx.net gmx.org googlemail.com hanmail.net
    hccnet.nl hetnet.nl hispeed.ch home.nl hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr
    hotmail.it htp-tel.de hushmail.com icloud.com inbox.ru inode.at interia.pl inwind.it iol.it
    kabelbw.de kabelmail.de kabsi.at kpnmail.nl laposte.net libero.it list.ru live.com live.de live.fr
    live.nl liwest.at mac.com magenta.de mail.com mail.de mail.ru mailbox.org me.com mnet-online.de
    movistar.es msn.com naver.com nefkom.net netcologne.de neuf.fr ntlworld.com numericable.fr o2.pl
    o2mail.de o2online.de onet.pl online.de online.no ono.com op.pl optusnet.com.au orange.fr osnanet.de
    outlook.com outlook.de planet.nl pm.me poczta.fm posteo.de posteo.net privaterelay.appleid.com
    proton.me protonmail.ch protonmail.com proximus.be qq.com quickline.ch quicknet.nl rambler.ru
    rediffmail.com rocketmail.com rogers.com sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com
    skynet.be sunrise.ch swissonline.ch sympatico.ca t-online.de talktalk.net tele2.de tele2.nl
    telecolumbus.net telefonica.net telenet.be teletu.it telia.com terra.com.br terra.es tim.it tin.it
    tiscali.it tlen.pl tuta.com tuta.io tutanota.com tutanota.de ukr.net unitybox.de uol.com.br
    upcmail.nl utanet.at verizon.net versanet.de virgilio.it virginmedia.com vodafone.de vodafone.it
    vodafone.nl vodafonemail.de vollbio.de vp.pl vtxmail.ch wanadoo.fr web.de wp.pl wtnet.de xs4all.nl
    xtra.co.nz yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com
    yandex.ru ymail.com ziggo.nl zoho.com zohomail.eu zonnet.nl
    """.split()  # noqa: SIM905  # one name a line would be three hundred lines
)
