"""Contact data as people in many countries write it, and what looks like it and must survive.

Each line is a text of its own. Numbers, handles and domains are made up or stand in the standards.
"""

from parley.masking.contact_rules import ContactKind


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.strip("\n").splitlines() if line)


FOUND = {
    ContactKind.PHONE: _lines("""
+49 151 23456789
+4915123456789
+49 (0) 711 5550-123
+49(0)711-5550123
+49-711-5550123
+49/711/5550123 bitte
(+49) 711 5550123
Tel: +49 (0) 151 / 234 567 89
+49.711.5550123
0049(0)711 5550123
0172 / 12 34 567
0711-555-01-23
0049 171 1234567
0711 5550123
0711/5550123
0711 / 5550123
(0711) 5550123
0171-1234567
0171.1234567
01711234567
Handy: 01711234567
Tel.: 7115550123
Rufen Sie mich an: 5550123
Telefonnummer 0711 5550123
Bestelltelefon: 0711 5550123
Tel.0711 5550123
☎ 0711 5550123
0711 5550123 oder 0172 1234567
0711 5550123 0172 1234567
+49 711 5550123 / +49 172 1234567
01 76 12 34 56 78
+43 664 1234567
0664 1234567
+41 79 123 45 67
079 123 45 67
044 668 18 00
+33 6 12 34 56 78
06 12 34 56 78
06.12.34.56.78
0612345678
Mon numéro : 06-12-34-56-78
+39 347 123 4567
cellulare 347 1234567
06 1234 5678
+34 612 345 678
Móvil: 612 345 678
llámame al 612345678
+44 7700 900123
+44 (0)20 7946 0958
07700 900123
020 7946 0958
ring me on 07700900123
+1 (212) 555-0123
(212) 555-0123
212-555-0123
212.555.0123
1-800-555-0199
call me at 212 555 0123
+31 6 12345678
06-12345678
bel 0612345678
+48 501 234 567
tel. 501 234 567
zadzwoń: 501234567
+46 70 123 45 67
070-123 45 67
+90 532 123 45 67
0532 123 45 67
0(532) 123 45 67
+86 138 1234 5678
138 1234 5678
手机：13812345678
电话：010-12345678
+81 90-1234-5678
090-1234-5678
03-1234-5678
０９０－１２３４－５６７８
+91 98765 43210
call 9876543210
मोबाइल +९१ ९८७६५ ४३२१०
+55 11 91234-5678
(11) 91234-5678
+7 912 345-67-89
8 (912) 345-67-89
010-1234-5678
+358 40 123 4567
+353 87 123 4567
+351 912 345 678
+420 601 123 456
+36 20 123 4567
+30 691 234 5678
+972 50-123-4567
+971 50 123 4567
هاتف +٩٧١ ٥٠ ١٢٣ ٤٥٦٧
+61 412 345 678
0412 345 678
TEL;TYPE=CELL:+49 151 23456789
<0711 5550123>
"""),
    ContactKind.IBAN: _lines("""
AD12 0001 2030 2003 5910 0100
AE070331234567890123456
AL47 2121 1009 0000 0002 3569 8741
AT61 1904 3002 3457 3201
BA39 1290 0794 0102 8494
BE68 5390 0754 7034
BG80 BNBG 9661 1020 3456 78
BR18 0036 0305 0000 1000 9795 493C 1
CH93 0076 2011 6238 5295 7
CY17 0020 0128 0000 0012 0052 7600
CZ65 0800 0000 1920 0014 5399
DE89 3704 0044 0532 0130 00
DE89370400440532013000
de89 3704 0044 0532 0130 00
DE89-3704-0044-0532-0130-00
DE89.3704.0044.0532.0130.00
Meine IBAN: DE89 3704 0044 0532 0130 00, danke
IBAN:DE89370400440532013000.
(DE89 3704 0044 0532 0130 00)
DK50 0040 0440 1162 43
EE38 2200 2210 2014 5685
ES91 2100 0418 4502 0005 1332
FI21 1234 5600 0007 85
FR14 2004 1010 0505 0001 3M02 606
FR1420041010050500013M02606
GB29 NWBK 6016 1331 9268 19
GB29NWBK60161331926819
GE29 NB00 0000 0101 9049 17
GI75 NWBK 0000 0000 7099 453
GR16 0110 1250 0000 0001 2300 695
HR12 1001 0051 8630 0016 0
HU42 1177 3016 1111 1018 0000 0000
IE29 AIBK 9311 5212 3456 78
IL62 0108 0000 0009 9999 999
IS14 0159 2600 7654 5510 7303 39
IT60 X054 2811 1010 0000 0123 456
LT12 1000 0111 0100 1000
LU28 0019 4006 4475 0000
LV80 BANK 0000 4351 9500 1
MC58 1122 2000 0101 2345 6789 030
MT84 MALT 0110 0001 2345 MTLC AST0 01S
NL91 ABNA 0417 1643 00
NO93 8601 1117 947
PL61 1090 1014 0000 0712 1981 2874
PT50 0002 0123 1234 5678 9015 4
RO49 AAAA 1B31 0075 9384 0000
RS35 2600 0560 1001 6113 79
SE45 5000 0000 0583 9825 7466
SI56 2633 0001 2039 086
SK31 1200 0000 1987 4263 7541
TR33 0006 1005 1978 6457 8413 26
UA21 3223 1300 0002 6007 2335 6600 1
ＤＥ８９ ３７０４ ００４４ ０５３２ ０１３０ ００
"""),
    ContactKind.HANDLE: _lines("""
Telegram: @anna_k
Telegram @anna_k
my telegram is @anna_k
Schreib mir auf Telegram unter @annak
Telegram: annakaeufer
Insta: anna.k_92
Instagram @anna_k
mein Instagram ist anna_k.92
IG: @anna
ig @anna.k
my ig: anna.k_92
schreib mich auf insta an: anna.k_92
WeChat ID: anna4711
WeChat: anna4711
微信: anna4711
微信号 anna4711
加我微信 anna_88
Skype: live:.cid.abc123
Skype: anna.k
skype id anna77
Discord: anna#1234
Discord anna#1234
add me on discord: annak
Signal: @anna.01
Threema-ID ABCD1234
Threema: ABCD1234
Snapchat: annak92
Snap: @annak
LINE ID: anna-77
Line @anna
Viber: anna_k
KakaoTalk ID: anna99
TikTok @anna.k
https://wa.me/4915112345678
wa.me/4915112345678
https://api.whatsapp.com/send?phone=4915112345678
https://chat.whatsapp.com/AbCdEf123
https://t.me/anna_k
t.me/annak
tg://resolve?domain=annak
whatsapp://send?phone=4915112345678
https://m.me/annak
https://signal.me/#p/+4915112345678
skype:anna.k?chat
viber://chat?number=4915112345678
https://discord.gg/abc123
instagram.com/anna.k
https://www.instagram.com/anna.k/
https://www.facebook.com/anna.kaeufer
fb.com/annak
https://www.tiktok.com/@annak
snapchat.com/add/annak
line.me/ti/p/abc
"""),
    ContactKind.LINK: _lines("""
https://shop-mueller.de
http://shop-mueller.de/agb
HTTPS://SHOP-MUELLER.DE
https://shop-mueller.de:8443/a?b=c#d
<https://shop-mueller.de/>
(https://shop-mueller.de/a)
siehe https://shop-mueller.de/a.
www.shop-mueller.de
WWW.Shop-Mueller.DE
shop-mueller.de
Shop-Mueller.DE/agb
besuchen Sie mueller.shop!
mueller.shop, mueller.store
müller-shop.de
xn--mller-kva.de
mueller.at
mueller.ch
mueller.fr
mueller.it
mueller.es
mueller.co.uk
mueller.com
mueller.us
mueller.nl
mueller.be
mueller.pl
mueller.se
mueller.com.tr
mueller.cn
mueller.com.cn
mueller.jp
mueller.co.jp
mueller.in
mueller.com.br
mueller.online
mueller.shop/artikel/4711
bit.ly/3xYz
a.b.c.mueller.de
mueller-1.de
4711shop.de
https://127.0.0.1/x
http://dhl.de.evil.example/x
https://dhl.de@evil.example/x
"""),
    ContactKind.OBFUSCATED: _lines("""
anna (at) mail dot de
anna [at] gmail [dot] com
anna(at)web.de
anna (at) web.de
anna AT gmail DOT com
anna at gmail dot com
anna.k at gmail.com
anna_k at gmail
anna.k (at) gmail
anna klammeraffe web punkt de
anna arroba correo punto es
anna chiocciola libero punto it
anna arobase orange point fr
anna małpa onet kropka pl
anna {at} mail.de
anna(ät)web.de
anna (a) mail.de
anna [@] web.de
anna @ web . de
anna@gmail dot com
anna@gmail(dot)com
anna @ gmail dot com
anna -at- mail -dot- de
anna_at_mail_dot_de
anna at web punkt de
info(at)shop-mueller(dot)de
j.doe (at) example.com
null eins sieben sechs eins zwei drei vier fünf
Null-Eins-Sieben-Sechs-Eins-Zwei-Drei
null eins sieben 6 1 2 3 vier fünf
zero seven seven zero zero nine zero zero one
zero, seven, seven, zero, zero, nine, zero
cero seis uno dos tres cuatro cinco seis siete
zéro six un deux trois quatre cinq six
zero sei uno due tre quattro cinque
nul zes een twee drie vier vijf
sıfır beş üç iki bir iki üç
零一七一一二三四五六七
o1 76 12 34 56 78
O171 1234567
0l71 1234567
0 1 7 1 1 2 3 4 5 6 7
0-1-7-1-1-2-3-4-5-6-7
0171*12*34*567
"""),
    ContactKind.MAILBOX: _lines("""
third@web.example
Third@Web.Example
third.party@web.example
third+tag@web.example
third_party@web.example
third-party@web-shop.example
t@w.example
<third@web.example>
mailto:third@web.example
(third@web.example)
third@web.example.
third@web.example,
Mail:third@web.example
third@mail.web.example
third@web.de
third@gmx.at
third@bluewin.ch
third@orange.fr
third@libero.it
third@correo.es
third@mail.co.uk
third@aol.com
third@ziggo.nl
third@onet.pl
third@telia.se
third@mynet.com.tr
12345@qq.com
third@docomo.ne.jp
third@rediffmail.in
third@uol.com.br
third@müller.example
third@xn--mller-kva.example
third%tag@web.example
"third party"@web.example
'third@web.example'
[third@web.example]
third@web.example/fax
third@web.example?subject=x
third@web.example;fourth@web.example
ＴＨＩＲＤ＠ＷＥＢ．ＥＸＡＭＰＬＥ
"""),
}

SURVIVORS = _lines("""
Sendungsnummer 00340434161094042557
DHL JJD000390007812345678
1Z999AA10123456784
UPS 1Z 999 AA1 01 2345 6784
9400 1000 0000 0000 0000 00
FedEx 1234 5678 9012
tracking 0123 4567 8901
DPD 01234567890123
Hermes 12345678901234567890
GLS Paketnummer 012345678901
Royal Mail AB123456789GB
La Poste 6A12345678901
PostNL 3SABCD1234567
Bestellnummer 0171234567
Bestellung 0711 5550123
Bestell-Nr.: 0711-5550123
order 303-1234567-1234567
028-1234567-1234567
order number 05-12345-67890
Order #0711555012
Auftrag Nr. 0711 555 012
commande n° 06 12 34 56 78
pedido nº 612 345 678
ordine n. 347 123 4567
zamówienie 501 234 567
sipariş no 0532 123 45 67
订单号 13812345678
Rechnung Nr. 0711-123456
RE-0711-123456
invoice no. 0711 123456
Kundennummer: 0711 123456
Ticket 0711 123456
Ref. 0711/123456
Az. 0711/12
EAN 4006381333931
4006381333931
0 12345 67890 5
UPC 012345678905
ISBN 978-3-16-148410-0
ISBN 0-306-40615-2
ISSN 0317-8471
PZN 01234567
ASIN B000123456
SKU 0815-4711-123
Artikel 0815 4711 123
Art.-Nr. 0815/4711
Art. 0815.4711.123
Rgnr 0711/5550123
BestNr: 0711/5550123
Az: 0711/5550123
Paketnummer: 0998 0525 1234 56
Sendung 0034 0434 1610 9404 2557
Gutscheincode 0123-4567-8901
FIN WVWZZZ1JZXW000001
+ 100 000 000
Mon, 16 Nov 2026 09:12:44 +0100
Seriennummer 0123 456 789
IMEI 012345678901237
13.11.2026
13.11.26
13.11.2026 - 15.11.2026
01.02.2026 - 05.02.2026
05.11.26-07.11.26
2026-11-13
2026-11-13 09:12:44
2026/11/13
11/13/2026
13-11-2026
20261113
20261113091244
am 1. und 2.12. von 8 bis 17 Uhr
17:40 Uhr
09:12:44.123456
Mo-Fr 08.00-17.00
09.00-12.00 13.00-17.00
8:30 - 12:00, 13:00 - 18:30
49,99 €
1.234.567,89 €
EUR 1 234 567,89
$1,234,567.89
0,99 - 12,50 €
CHF 12'345.60
₹ 1,23,456.00
¥ 1234567
12 500 000 zł
0171 123 456 €
Größe 36/38/40/42/44
Größe 036/038/040/042
100 x 200 x 300 mm
30x40x50 cm
W32 L34
10 20 30 40 50 60
12 34 56 78
1 2 3 4 5 6 7 8 9 10
0 1 2 3 4 5 6 7 8 9
01067-01069 Dresden
D-70173 Stuttgart
75001 Paris
SW1A 1AA
Boston, MA 02110-1301
1012 AB Amsterdam
00-950 Warszawa
〒100-0001
01310-100 São Paulo
USt-IdNr. DE123456789
DE 123 456 789
ATU12345678
FR 12 345678901
Steuernummer 012/345/67890
SIRET 732 829 320 00074
HRB 123456
BLZ 600 501 01
BIC DEUTDEFF500
Konto 0012345678
DE88 3704 0044 0532 0130 00
4111 1111 1111 1111
192.168.100.200
010.001.002.003
48.775846, 9.182932
0.006768658
+ 500000.0
v1.2.3-20261113
IMG_20261113_123456.jpg
WhatsApp Image 2026-11-13 at 12.34.56.jpeg
Scan0711555012.pdf
Rechnung.pdf
https://www.dhl.de/de/privatkunden.html?piececode=00340434161094042557
https://www.ups.com/track?tracknum=1Z999AA10123456784
https://parcelsapp.com/en/tracking/0123456789
dhl.de, myhermes.de, dpd.com
relay.example
https://x.relay.example/a
z.B. so, d.h. anders, u.a. auch
Danke.Es geht
e.g. this, i.e. that
Ticket #4711@Q4, Kurs 3@4, @mueller
logo@2x.png
Treffen um 10 at Berlin
we met at the point of no return
look at this dot com
look at gmail.com
Is it at web.de?
I was at home. Then I left
at 5 o'clock
Punkt 3 der AGB
eins, zwei, drei, vier, fünf, sechs, sieben
one two three four five six seven eight
eins zwei Polizei
Stehen zwei oder drei zur Wahl
10 o 20 o 30 o 40
oil 1 10 100 1000
Größe (a) 42 (b) 44
(a) lieferbar . de
WhatsApp: bitte melden
Ich habe WhatsApp
Schreib mir auf WhatsApp
Folgen Sie uns auf Instagram und Facebook
https://www.facebook.com/sharer/sharer.php?u=x
Skype for Business Meeting beitreten
Signal 3 ist rot
the signal is weak
Online-Shop
Please line up at 5
deadline: friday
online: 4711
wire transfer: 4711
snap fastener
Discord ist ein Dienst.
Preis auf Anfrage
""")
"""No kind of contact data is in any of these but links in those of `WITH_LINK`."""

WITH_LINK = frozenset(
    {
        "look at gmail.com",
        "Is it at web.de?",
        "https://www.facebook.com/sharer/sharer.php?u=x",
    }
)
