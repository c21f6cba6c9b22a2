"""Numbers as people and shops write them: those to call, and those of anything else.

Each line is a text of its own, in German, English, French, Spanish, Italian, Polish or Dutch.
Those to call are of forty countries. All are made up.
"""


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.strip("\n").splitlines() if line)


TO_CALL = _lines("""
Tel. +49 30 901820
Tel: 030-901820
Telefon: 030/901820
Sie erreichen mich unter 0176 4455667
Erreichbar unter 0176/44556677
meine Nummer ist 0176 44556677
Meine Handynummer: 0176-44 55 66 77
Ruf mich an! 0176 44556677
+49176 44556677
0049 176 44556677
Mobil 0176.44.55.66.77
030 901 820-11
+43 1 58858 0
+43 (0)1 588 58-0
01 58858-0 Tel.
0676 1234567
+41 44 668 18 00
+41 (0)44 668 18 00
0041 44 668 18 00
076 123 45 67
+33 1 42 68 53 00
01 42 68 53 00
01.42.68.53.00
+33 (0)6 12 34 56 78
0033 6 12 34 56 78
appelez-moi au 06 12 34 56 78
Tél. : 01 42 68 53 00
Téléphone : 0142685300
Port. 0612345678
+39 06 69812345
06 69812345
+39 02 1234 5678
tel. 02 12345678
cell. 347 1234567
chiamami al 3471234567
il mio numero è 347 123 4567
0039 347 1234567
+34 912 345 678
Tel. 912 345 678
Teléfono: 91 234 56 78
mi número es 612345678
llame al 912 34 56 78
móvil 612 34 56 78
0034 612 345 678
+351 21 123 4567
telefone 912 345 678
telemóvel: 912345678
+44 20 7946 0958
+44 (0) 7700 900 123
0044 7700 900123
(020) 7946 0958
01632 960 123
01632 960123
0161 496 0123
07700900123
call 020 7946 0958
text me on 07700 900 123
my mobile is 07700 900123
+353 1 234 5678
01 234 5678
087 123 4567
+31 20 123 4567
020-1234567
020 123 4567
+31 (0)6 12 34 56 78
06 12345678
06 1234 5678
mijn nummer is 0612345678
bel me op 06-12345678
telefoonnummer 0612345678
+32 2 123 45 67
02 123 45 67
0470 12 34 56
+32 470 12 34 56
+352 621 123 456
GSM 621 123 456
+45 12 34 56 78
tlf. 12 34 56 78
+46 8 123 456 78
08-123 456 78
0701234567
+47 912 34 567
tlf 912 34 567
mobil: 91234567
+358 9 1234567
puh. 040 1234567
040 123 4567
+354 555 1234
+48 22 123 45 67
tel. 22 123 45 67
tel 501-234-567
kom. 501 234 567
mój numer to 501 234 567
proszę dzwonić 501234567
telefon: 501 234 567
+420 224 123 456
tel. 601 123 456
telefon 601123456
+421 905 123 456
0905 123 456
+36 1 123 4567
06 20 123 4567
+40 721 123 456
0721 123 456
0721.123.456
+359 88 123 4567
088 123 4567
+30 210 1234567
τηλ. 210 1234567
+385 91 123 4567
091 123 4567
+386 41 123 456
041 123 456
+381 64 123 4567
064 123 4567
+370 612 34567
+371 2123 4567
+372 5123 4567
+380 67 123 45 67
067 123 45 67
+375 29 123-45-67
+7 495 123-45-67
8 495 123-45-67
8 (495) 123-45-67
тел. 8 912 345 67 89
тел: +79123456789
+90 (532) 123 45 67
0532 1234567
05321234567
Cep: 532 123 45 67
+972 2 123 4567
050-1234567
+966 50 123 4567
+20 10 1234 5678
+212 6 12 34 56 78
0612-345678
+216 20 123 456
+27 82 123 4567
082 123 4567
+234 803 123 4567
0803 123 4567
+254 712 345678
0712 345678
+91 9876543210
+91-98765-43210
098765 43210
mobile no. 9876543210
+92 300 1234567
0300-1234567
+880 1712-345678
+86 13812345678
138-1234-5678
微信/手机 13812345678
电话 021-12345678
+852 9123 4567
電話 9123 4567
+886 912 345 678
0912-345-678
+81 3-1234-5678
03-1234-5678
携帯 090-1234-5678
+82 10-1234-5678
02-1234-5678
+65 9123 4567
+60 12-345 6789
012-345 6789
+62 812-3456-7890
0812-3456-7890
+63 917 123 4567
0917 123 4567
+66 81 234 5678
081-234-5678
+84 91 234 56 78
+61 2 1234 5678
(02) 1234 5678
0412345678
1300 123 456 phone
+64 21 123 4567
021 123 4567
+1 212 555 0123
+1-212-555-0123
1 (212) 555-0123
1-212-555-0123
(212)555-0123
(212) 555 0123
212 555 0123 cell
Phone 2125550123
Call or text 212-555-0123
my cell is 2125550123
tel:+12125550123
+52 55 1234 5678
+52 1 55 1234 5678
Tel. 55 1234 5678
+54 9 11 1234-5678
+55 (11) 91234-5678
(11) 3123-4567
meu número é 11 91234-5678
+56 9 1234 5678
+57 300 123 4567
+51 912 345 678
WhatsApp: +49 176 44556677
WhatsApp 0176 44556677
Signal: 0176 44556677
schreib mir per WhatsApp: 017644556677
whatsapp me 07700 900123
mon whatsapp 06 12 34 56 78
Fax: 0711 5550124
T: 0711 5550123
M 0176 44556677
P: (212) 555-0123
Büro: 0711 5550123
privat 0711/5550123
Rückfragen: 0711 - 555 0123
Bei Fragen zur Bestellung: 0711 5550123
Rechnung unklar? Tel. 0711 5550123
Kundenservice 0800 1234567
Kundendienst: 0180 6 123456
Service-Hotline 0800-123 45 67
customer service 0800 123 4567
numero verde 800 123 456
Numéro vert 0 800 123 456
N° vert : 0800 12 34 56
infolinia 801 123 456
klantenservice 0900-1234
Bitte rufen Sie an: 0711 998877
Sie können mich auch anrufen (0711 998877)
Handynr. 0176 998877
Telnr. 0711998877
Tel.-Nr.: 0711/99 88 77
Rufnummer 0711 998877
Kontakt: 0711 998877
Kontaktnummer 0711 998877
Servicenummer: 0711 998877
Wegen der Retoure: Tel. 0711 998877
Bestellung unter 0711 998877 möglich
DHL Hotline 0228 4333112
Kundenservice DHL, Tel. 0228 4333112
meine Privatnummer 0711 998877
Whatsapp-Nummer 0176 998877
Festnetznr. 0711 998877
Faxnummer 0711 998878
contact number 07700 900124
contact no. 07700 900124
mobile number: 07700 900124
phone no. 020 7946 0959
my new number is 07700 900124
give me a ring: 020 7946 0959
for returns call 020 7946 0959
numéro de téléphone 01 42 68 53 01
numéro de portable : 06 12 34 56 79
n° de tél. 01 42 68 53 01
service client : 01 42 68 53 01
Service après-vente 01 42 68 53 01
número de teléfono 912 345 679
número de contacto: 912 345 679
atención al cliente 912 345 679 tel
numero di telefono 02 12345679
numero di cellulare 347 1234568
assistenza clienti 02 12345679
numer telefonu 501 234 568
numer kontaktowy: 501 234 568
nr tel. 501 234 568
nr telefonu 22 123 45 68
telefoonnummer: 020 123 4568
mobiel 06-12345679
mobiele nummer 06 12345679
Port 06 12 34 56 79
Retour ? Appelez le 01 42 68 53 01
номер телефона 8 912 345-67-80
Bestell-Hotline 0711 998877
Reklamation? 0711 998877
Please return my call: 020 7946 0959
confirm by phone 020 7946 0959
Anna Schmidt, Kundennummer 4711, 0711 998877
""")

OF_SOMETHING_ELSE = _lines("""
Ihre Bestellung 028-4519873-1234567 wurde versandt.
Bestellnummer: 302-8874512-9981234
Bestell-Nr. 4711-0815-2026
Auftragsnummer 2026-0117-0342
Auftrag 10023456 vom 13.11.2026
Kundennummer 0 123 456 789
Kd.-Nr.: 0711 445566
Kd-Nr 0171 2233445
KdNr. 0711/445566
Rechnungsnr.: RE-2026-0711-001
Rechnung 2026/0711/001 über 1.299,00 €
Rg.-Nr. 0711-2026-33
Lieferschein 0815 2026 0042
Lieferschein-Nr. 0711 2026 42
Retourennummer 0340 4341 6109
Retoure 0151 8876 5512
Retouren-Nr: 0151-88765512
RMA 0171-223-445
RMA-Nummer: 0711 2233 44
Vorgang 0171 2233 4455
Vorgangsnummer: 0711/223344
Fallnummer 0711 223344
Fall-ID 0711223344
Meldungsnummer 0160 1122334
Schadennummer 0711 998877
Versicherungsnummer 0711 998877
Policennr. 0160 998877
Mitgliedsnummer 0160 1234567
Mitglied Nr. 0711 223344
Buchungsnummer 0711 223344
Buchungscode 0711-2233
Reservierungsnr. 0711 22 33 44
Zahlungsreferenz 0711 2233 4455
Verwendungszweck: 0711 2233 4455
Verwendungszweck 028-1122334-4455667
Mandatsreferenz 0160-1122334
Transaktion 0160 1122 3344
Transaktionsnummer: 9XY12345AB678901C
Transaktions-ID 0160112233445
PayPal-Transaktionscode 4BC01234DE567890F
Sendungsverfolgung 0034 0434 1610 9404 2557
DHL 00340434161094042557
DHL JJD 0003 9000 7812 3456 78
Sendung JD01 4600 0012 3456 7890
DPD Paketschein 0998 0525 1234 56
DPD 0998 0525 1234 56
Paketscheinnummer 01605 1234 56789
Hermes 0123 4567 8901 23
Hermes-Sendung H1001234567890123456
GLS Track-ID ZABC1234
GLS 5012 3456 7890
UPS 1Z 999 AA1 01 2345 6784
FedEx 7712 3456 7890
TNT 123 456 789
Post Einschreiben RR 12 345 678 9 DE
Einschreiben: RT 0171 2233 4DE
Warenpost 0160 1122 3344
Filiale 0711, Packstation 145
Packstation 0711 Postnummer 12345678
Postnummer: 0171 2233 445
Postnummer 901234567
Postfach 10 20 30 40
PLZ 01067, 70173 Stuttgart
01067 Dresden, 04109 Leipzig
Hausnummer 12-14, 70173
EAN: 4 006381 333931
EAN 4006381333931
GTIN 04006381333931
ISBN: 3-86680-192-0
ISBN 978 3 86680 192 9
ISBN-13: 978-3-86680-192-9
ASIN: B08N5WRWNW
Artikelnummer 0711.445.566
Art-Nr 0711 44 55
Artikel-Nr.: 0171-2233445
Best.-Nr. 06 12 34 56 78
Teilenummer 06A 103 495 AH
Ersatzteil 0 281 002 315
Bosch 0 280 155 968
Bosch-Nummer 0 986 424 097
OEM 1K0 615 301 AA
OE-Nr. 06 12 34 56 78
Vergleichsnummer 0242 235 666
HSN/TSN 0603/419
HSN 0603 TSN 419
FIN: WDB2030461A123456
Seriennr. 0171 2233 4455
SN 0711-2233-4455
S/N: 0160 1122 3344
Typ 0711/22
Chargennr. 0711 2026 11
Charge 0711-2026-11
MHD 13.11.2026, Los 0711-22
Zählernummer 0711 2233 4455
Zählerstand 012345,6
Maße 120 x 60 x 75 cm
Größen 36 38 40 42 44 46
Größe 0711/22
Schuhgröße 42 2/3
Gewicht 1 234,5 kg
Preis: 1.234,56 EUR
0,99 € - 1,99 € - 2,99 €
Summe 12 345 678,90 EUR
100 200 300 400 500
Menge 10/20/50/100
01.11.2026 - 30.11.2026
zwischen 08:00-12:00 und 14:00-18:00
am 03.12.26 von 09:30-11:30
Termin: 2026-11-13T09:12:44+01:00
2026-11-13 09:12:44.123456
13.11.2026 09:12:44
13/11/2026 09:12
Stand 11/2026
Version 10.0.19045.3693
Version 2.16.840.1
iOS 17.1.2 (21B101)
Firmware 01.02.0304
IP 192.168.178.21
IP 10.0.0.138, 172.16.254.1
IPv6 2001:0db8:85a3:0000:0000:8a2e:0370:7334
MAC 00:1A:2B:3C:4D:5E
MAC 00-1A-2B-3C-4D-5E
Port 8080-8090
UUID 550e8400-e29b-41d4-a716-446655440000
GUID 01234567-0123-0123-0123-012345678901
MD5 0cc175b9c0f1b6a831c399e269772661
Steuer-Nr.: 151/815/08156
St.-Nr. 0181 815 08155
Steuer-ID 12 345 678 901
Steueridentnummer: 65 929 970 489
USt-ID DE 811 907 980
HRB 0711 22
Handelsregister HRB 123456 B
BLZ 100 500 00 Kto 0123456789
Kontonummer 0711 2233 44
Kto-Nr. 0711 2233 44
Kto. 0711 223344
Gutschein 0711-2233-4455-6677
Gutscheincode: 0160 1122 3344
PIN 0711 22
Geschenkkarte 6012 3456 7890 1234
Visa 4111 1111 1111 1111
Mastercard 5500 0000 0000 0004
Amex 3782 822463 10005
Karte endet auf 4321
LUCID DE1234567890123
WEEE-Reg.-Nr. DE 12345678
WEEE DE 71122334
DIN EN ISO 9001:2015
EN 60335-2-69
RAL 7016
Koordinaten 48.775846, 9.182932
N 48 46 33.0 E 9 10 58.5
Your order 112-1234567-1234567 has shipped
Order no. 02-12345-67890
Order ID: 0711 223 344
order reference 020 7946 0958
Order confirmation 07700 900123
Purchase order 07700 900123
PO 07700 900123
PO number 020 7946 0958
P.O. no. 0207 946 0958
Invoice #07700 900123
Invoice number: 020 7946 0958
Account number 02079460958
Account no: 0207 9460 958
Customer number 0207 946 0958
Customer ID: 07700900123
Membership no. 07700 900123
Case number 0207 946 0958
Case ID 07700 900 123
Case #: 0207-946-0958
Claim number 020 7946 0958
Claim no. 07700 900123
Return number 0770 0900 123
Return ID: 07700 900123
RMA number 020 7946 0958
RMA# 212-555-0123
Confirmation number 212-555-0123
Confirmation code 212.555.0123
Booking reference 07700 900123
Reservation 212 555 0123
Transaction ID 212-555-0123
Transaction number 0770 0900123
Payment reference 07700 900123
Tracking number 9400 1118 9922 3334 4445 55
USPS 9405 5036 9930 0000 0000 00
USPS Tracking 420 94105 9400 1000 0000 0000 0000 00
FedEx 0207 9460 9580
FedEx tracking 6129 9912 3456
UPS tracking no 1Z12345E0205271688
UPS Mail Innovations 92612 90100 1300
Royal Mail GB 1234 5678 9GB
Royal Mail Special Delivery AB 0123 4567 8GB
Evri H00AAA0123456789
Yodel JD 0002 2112 3456 7890
DPD UK 1550 1234 5678 90
Parcelforce PB 1234 5678 001
Consignment 020 7946 0958
Waybill 020-7946 0958
AWB 020-7946 0958
AWB no. 176-12345675
Air waybill 176 1234 5675
Container MSKU 123456 7
Amazon TBA123456789000
China Post RB 123 456 789 CN
Cainiao LP00123456789012
YunExpress YT2012345678901234
4PX 0307 1234 5678 90
Part number 06-12345678
Part no. 0711 223 344
P/N 0207-946-0958
P/N: 07700-900123
Model no. 07700-900123
Model number 212-555-0123
Serial number: 0770 0900 1234
Serial no 212-555-0123
SKU: 212-555-0123
Item number 2125550123
Item #: 212-555-0123
Lot 0770-0900-123
Batch no. 0770 0900 12
UPC 0 36000 29145 2
UPC: 036000291452
ISBN 0-19-852663-6
ISBN 0 19 852663 6
ISSN 2049-3630
DOI 10.1000/182
Patent US 7,123,456 B2
EIN 12-3456789
SSN ending 0123
VAT GB 123 4567 89
VAT number: 020 7946 0958
Company number 02079460
Company No. 07700900
Registered in England 07700900
Sort code 20-79-46 account 09580123
Sort code: 20 79 46
Routing number 021000021
SWIFT DEUTDEFF500
Price: $1,299.00, was $1,499.00
USD 1 234 567.89
Qty 100 200 300
Total: 1299.00 1499.00 1699.00
10 x 0770 0900
Size 36 38 40 42 44
dimensions 120 x 60 x 75
Monday 9.00-17.30, Saturday 10.00-14.00
11/13/2026 09:12:44 AM
Fri, 13 Nov 2026 09:12:44 +0000
1731489164
1731489164123
timestamp 1731489164
0x0711223344
Windows 10.0.19045.3693
Chrome/119.0.6045.123
v1.2.3.4567
build 20261113.1234
error 0x80070005
Case 00123456789
ticket #00123456
Ticket-ID: [#0711 223344]
Reference 0207 946 0958
Ref: 0207-946-0958
Our ref 020 7946 0958
Your reference: 07700 900123
ZIP 02110-1301
Serial C02XL0XXJGH5
IMEI: 35 209900 176148 1
ICCID 8944 1234 5678 9012 345
Battery 18650 3.7 3400
3400 mAh 18650 20700 21700
LED 3000 4000 6500
Commande n° 06 12 34 56 78
Numéro de commande : 403-1234567-1234567
N° de commande 06 12 34 56 78
Commande 0612345678
Nº client 06 12 34 56 78
N° client : 06 12 34 56 78
Numéro client 0612345678
Numéro de facture 06.12.34.56.78
Facture n° 2026-06-12-3456
Numéro de suivi 06 12 34 56 78 90
Suivi Colissimo 6A 12345 67890 1
Colissimo 8R 0123 4567 890
Chronopost XY 123 456 789 FR
Chronopost : EE 012 345 678 FR
Mondial Relay 01 23 45 67
Mondial Relay 0123 4567
Colis n° 06 12 34 56 78
Numéro de dossier 06 12 34 56 78
Dossier n° 06 12 34 56 78
N° de dossier : 06 12 34 56 78
Référence 06 12 34 56 78
Réf. 06.12.34.56.78
réf : 06-12-34-56-78
Numéro de série 06 12 34 56 78
N° de série : 06 12 34 56 78
Numéro d'article 06 12 34 56 78
Code article 06 12 34 56 78
N° de retour 06 12 34 56 78
Retour n° 06 12 34 56 78
N° de transaction 06 12 34 56 78
Numéro de ticket 06 12 34 56 78
N° de réclamation 06 12 34 56 78
SIRET 552 100 554 00013
SIREN 552 100 554
TVA FR 40 303 265 045
N° TVA FR40303265045
RCS Paris 552 100 554
RCS Paris B 552 100 554
Code postal 75001
CEDEX 06, 75006 Paris
1 234,56 € TTC
13/11/2026 à 09h12
du 01/11/2026 au 30/11/2026
taille 36 38 40 42
Pedido 612 345 678
Número de pedido: 171-1234567-1234567
Nº de pedido 912 345 678
N.º de pedido: 612 34 56 78
Factura nº 912 345 678
Número de cliente 912 345 678
Nº cliente 612 345 678
Seguimiento Correos PQ 4ABC0123456789012345
Correos CX 123 456 789 ES
SEUR 0612 345 678
Número de seguimiento 0612 345 678
Referencia 612 345 678
Ref. artículo 612-345-678
Código 612 345 678
Nº de serie 0612 345 678
Número de serie: 0612 345 678
Número de caso 0612 345 678
Expediente 0612 345 678
Localizador 0612 345 678
Número de devolución 0612 345 678
NIF 12345678Z
CIF B12345678
DNI 12 345 678 Z
1.234,56 € IVA incluido
Ordine 347 123 4567
Ordine n. 407-1234567-1234567
Numero d'ordine 0347 123 456
Nr. ordine 0347 123456
Codice cliente 0347 123456
Numero cliente 0347 123456
Codice articolo 0347 123456
Codice prodotto: 0347/123456
Fattura n. 0347/123456
Fattura 0347-123456
Spedizione 0347 123 456
Numero di spedizione 0347 123456
BRT 0347 1234 567
SDA 0347 1234 567
Poste Italiane RA 123 456 789 IT
Lettera di vettura 0347 123456
LDV 0347 123456
Numero di tracciamento 0347 123456
Tracciatura 0347 123456
Codice di reso 0347 123456
Numero pratica 0347 123456
Pratica n. 0347/123456
Numero di serie 0347 123456
P.IVA 01234567890
P. IVA 01234 567 890
Partita IVA: 01234567890
Partita IVA 0123 456 7890
Codice fiscale RSSMRA85T10A562S
C.F. 01234567890
REA MI-1234567
CAP 20121 Milano
Zamówienie nr 501 234 567
Numer zamówienia: 501-234-567
Nr zamówienia 0501 234 567
Numer klienta 0501 234 567
Nr klienta: 0501 234 567
Faktura nr 0501/234/567
Faktura VAT 501/234/567
Numer faktury 0501-234-567
Przesyłka 0501 234 567
Numer przesyłki 0501 234 567
Nr przesyłki: 0501 234 567
InPost 6012 3456 7890 1234 5678 9012
Paczkomat WAW0501
Poczta Polska RR 123 456 789 PL
Numer zwrotu 0501 234 567
Zwrot nr 0501 234 567
Reklamacja 0501 234 567
Numer reklamacji: 0501 234 567
Zgłoszenie 0501 234 567
Nr zgłoszenia 0501 234 567
Nr seryjny 0501 234 567
Numer seryjny: 0501 234 567
Nr katalogowy 0501 234 567
Kod produktu 0501 234 567
Indeks 0501 234 567
NIP 525-234-56-78
NIP: 525 234 56 78
REGON 012345678
KRS 0000123456
PESEL 85010112345
00-001 Warszawa, 31-041 Kraków
1 234,56 zł brutto
Bestelling 0612345678
Bestelnummer 06-12345678
Bestelnr. 06 1234 5678
Ordernummer 06-12345678
Ordernr: 06 12345678
Klantnummer 06-12345678
Klantnr. 06 12345678
Factuurnummer 06-12345678
Factuur 2026 0612 3456
PostNL 3SABCD 0612 34567
Zending 06 1234 5678
Pakketnummer 06-12345678
Pakket 06 12345678
Track & trace 06 1234 5678 90
Track en trace: 3S 0612 3456 78
Retournummer 06-12345678
Retournr. 06 12345678
Artikelnummer 06 12345678
Artikelnr. 06-12345678
Serienummer 06 1234 5678
Dossiernummer 06-12345678
Zaaknummer 06 1234 5678
Kenmerk 06-12345678
Ons kenmerk: 06 1234 5678
Betalingskenmerk 0612 3456 7890 1234
Lidnummer 06 1234 5678
KvK 06123456
KvK-nummer 06 123 456
KvK: 06-123456
BTW NL123456789B01
BTW-nummer NL 1234.56.789.B.01
BSN 123 456 782
Postcode 1012 AB
€ 1.234,56 incl. btw
levering 13-11-2026 tussen 09.00-12.00
maat 36 38 40 42
de 30 tagen und danach nicht mehr 12345
at 10 Tassen und 2 Teller nochmal neu
it 60 of these will be shipped today too
lt 12 Monate Garantie ab Kaufdatum
Garantienummer 0711 223344
Ihr Zeichen: 0711/223344
Unser Zeichen 0711 2233
Angebot 0711-2026-22
Angebotsnr. 0711 2026 22
Abholnummer 0176 223344
Abholcode 0176 2233 44
Lagerplatz 0711-22-33
Auktion 0711223344
Auktionsnummer: 0160 11223344
Artikel: 0160 11223344 (neu)
Sendungs-ID 0176 1122 3344
Zeichen 0151 22334455
Fahrgestellnummer 0151 2233 4455
Motornummer 0711 223 344
Lizenzschlüssel 01234-56789-01234-56789
Produktschlüssel 0123 4567 8901
Key 0123-4567-8901
Gerät-ID 0123 456 789
Wallbox SN: 0711 2233 445
Quote 020 7946 0958
Quotation no. 020 7946 0958
Sales order 07700 900123
Warranty no. 07700 900123
Licence key 0123-4567-8901-2345
Voucher 0770 0900 123
Gift card 0770 0900 1234
Delivery note 020 7946 0958
Dispatch note no. 020 7946 0958
Listing 0770 0900123
Listing ID 07700900123
eBay item 0123 456 7890
Dispute ID 07700 900 123
Incident 0770 0900 123
Ticket number: 07700 900123
Docket no 07700 900123
Job number 07700 900123
Job no. 07700 900123
Bon de livraison 06 12 34 56 78
Devis n° 06 12 34 56 78
Annonce n° 06 12 34 56 78
Annonce 06 12 34 56 78
Garantie n° 06 12 34 56 78
Bon d'achat 06 12 34 56 78
Presupuesto 0612 345 678
Albarán 0612 345 678
Albarán nº 912 345 678
Incidencia 0612 345 678
Envío 0612 345 678
Preventivo n. 0347 123456
Bolla n. 0347 123456
Ricevuta 0347 123456
Garanzia n. 0347 123456
Annuncio 0347 123456
Aukcja 0501 234 567
Aukcja nr 0501 234 567
Paragon nr 0501 234 567
List przewozowy 0501 234 567
Gwarancja nr 0501 234 567
Kod odbioru 0501 234 567
Offerte 06-12345678
Offertenummer 06-12345678
Pakbon 06-12345678
Garantiebewijs 06 1234 5678
Advertentie 06-12345678
Meterstand 0612 345,6
Ø 12 mm, L 0711 mm
CPU i7-12700K 3.60 GHz 12 20 25
16 GB DDR4 3200 16-18-18-38
1920x1080 2560x1440 3840x2160
Kelvin 2700-3000-4000
Akku 11.1 V 5200 mAh 57.72 Wh
13-11-26 09-12-44
KW 46/2026 - KW 48/2026
""")

WRAPPED_TO_CALL = (
    "Sie erreichen mich unter +49\n711 5550123",
    "Sie erreichen mich unter +49 711\n5550123 jederzeit",
    "unter +49 711 555\n0123",
    "> unter +49 711\n> 5550123 jederzeit",
    ">> Tel. 0711\n>> 5550123",
    "Tel. 0711 \n5550123",
    "Tel. 0711 \r\n5550123",
    "Tel.:\n0711\n5550123",
    "Telefon 0711-555-\n0123",
    "Handy 0176\n44556677",
    "0049 711\n5550123",
    "call +1 212\n555 0123",
    "call +1 (212)\n555-0123",
    "call (212)\n555-0123 now",
    "Tél. 06 12 34\n56 78",
    "mon numéro est +33 6 12\n34 56 78",
    "mi móvil es 612\n345 678",
    "tel. 501\n234 567",
    "bel me op 06\n12345678",
    "+39 347\n1234567",
    "Wenn Sie noch Fragen haben, rufen Sie bitte einfach kurz durch: 0711\n5550123",
    "Ich bin heute ab 17 Uhr zu Hause und dann am besten zu sprechen, 0711\n555 01 23",
    "> Ich bin heute ab 17 Uhr zu Hause und dann am besten zu sprechen, 0711\n> 555 01 23",
    "You can reach me at any time during the day, and in the evening 07700\n900123",
    "Vous pouvez me joindre tous les jours de la semaine au numéro 06 12\n34 56 78",
)
"""Telephone numbers that a line end breaks."""

WRAPPED_IBANS = (
    "DE89 3704 0044\n0532 0130 00",
    "> IBAN DE89 3704 0044\n> 0532 0130 00",
    "IBAN: DE89\n3704 0044 0532 0130 00",
    "IBAN: NL91 ABNA 0417\n1643 00",
    "IBAN: NL91\nABNA 0417 1643 00",
    "GB29 NWBK\r\n6016 1331 9268 19",
    "FR14 2004 1010 0505\n0001 3M02 606",
    "AT61 1904 \n3002 3457 3201",
    "DE89 3704\n0044 0532\n0130 00",
)
"""IBANs that line ends break."""

WRAPPED_OF_SOMETHING_ELSE = (
    "Bestellungen:\n0711 5550123\n0711 5550124",
    "Order numbers: 303-1234567-\n1234567",
    "028-1234567-1234567\n028-1234567-1234568",
    "Artikel 0711\n5550123",
    "4711 0815 0711\n5550123",
    "4006381333931\n4006381333948",
    "0034043416109\n4042557",
    "Menge 5\n1234567",
    "Größe 36\n38 40 42 44 46",
    "am 13.11.2026\n0711 Stück",
    "13.11.2026\n14.11.2026",
    "2026-11-13\n2026-11-14",
    "call 555\n2026-11-12 09:00",
    "49,99\n0711 5",
    "10:00 - 12:00\n14:00 - 18:00",
    "100\n200\n300\n400",
    "0711\n0712\n0713",
    "01067\n01069\n01097",
    "06\n12\n34\n56\n78",
    "Kundennummer: 0711\n223344",
    "Tracking 1Z999AA1012345\n6784 0123",
    "Sendung 0034 0434 1610\n9404 2557",
    "> Bestellnummer 0711\n> 5550123",
    "Rechnung 2026-\n0711-0012",
    "+10 000\n+20 000",
    "Preis 12\n0171 Artikel 1234567",
    "Ihre Sendung mit der Nummer 0034 0434 1610 9404 ist heute unterwegs, 0034\n0434 1610 9404 2557",
    "die Bestellung, die wir am 3. November aufgegeben haben, hat die Nummer 028\n1234567 1234567",
    "The parcel that I sent to you last week has the following tracking number: 9400\n1000 0000 0000 0000 00",
    "Nous avons bien reçu votre commande et vous en remercions, référence 06 12\n34 56 78",
    "IP 192.168.\n178.21",
    "Teil 0 281\n002 315",
)
"""Numbers beside a line end, none of them to call."""
