"""What looks like contact data and is none: dates, opening hours, order numbers, the links of carriers.

A mail about a parcel is full of digits. What is named as a number of something else (`Bestellnummer`, `order
no.`) is never taken for a phone number, however it is written.
"""

import re
from typing import Final

CARRIERS: Final = frozenset(
    """
    dhl.com dhl.de dhl.at dhl.fr dhl.it dhl.es dhl.nl dhl.co.uk dhlparcel.nl dhlparcel.de deutschepost.de
    dp-dhl.com ups.com dpd.com dpd.de dpd.at dpd.ch dpd.fr dpd.co.uk dpd.nl dpd.pl dpdgroup.com
    gls-group.com gls-group.eu gls-pakete.de gls-info.nl gls-italy.com gls-spain.es myhermes.de
    hermesworld.com myhermes.co.uk evri.com fedex.com tnt.com usps.com royalmail.com parcelforce.com
    laposte.fr colissimo.fr chronopost.fr mondialrelay.fr mondialrelay.com postnl.nl postnl.be post.at
    post.ch swisspost.ch bpost.be poste.it sda.it brt.it correos.es correosexpress.com seur.com ctt.pt
    inpost.pl inpost.it inpost.es poczta-polska.pl postnord.se postnord.dk postnord.com posten.no bring.com
    bring.no posti.fi matkahuolto.fi budbee.com instabox.io ptt.gov.tr yurticikargo.com araskargo.com.tr
    mngkargo.com.tr suratkargo.com.tr ems.com.cn sf-express.com cainiao.com yto.net.cn 4px.com
    yunexpress.com japanpost.jp post.japanpost.jp kuronekoyamato.co.jp sagawa-exp.co.jp indiapost.gov.in
    delhivery.com bluedart.com dtdc.com correios.com.br jadlog.com.br canadapost.ca
    canadapost-postescanada.ca purolator.com auspost.com.au ontrac.com lasership.com amazon-logistics.com
    yodel.co.uk packeta.com zasilkovna.cz ceskaposta.cz posta.hu 17track.net parcelsapp.com aftership.com
    trackingmore.com
    """.split()  # noqa: SIM905  # a list of literals would be four times as long
)
"""Hosts of carriers and of services that follow parcels; what is below them too."""

_WHOSE: Final = (
    r"(?:your|our|his|her|their|the|this|that|new|old|other|following|correct|right|same|direct|work|home|office|land"
    r"|daytime|evening|alternative|local|meine|deine|seine|ihre|unsere|neue|der|die|unter|mein|dein|sein|mój|mijn|mitt|il"
    r"|suo|mio|mon|ton|son|mes)\b"
)
# Whose number it is: where the word begins otherwise does not matter ("Ersatzteilbestellung"), or it does.
_STEMS: Final = (
    r"order|bestel|auftrag|kommission|rechnung|quittung|arti[kc]|sendung|pak+et|tracking"
    r"|track ?(?:&|\+|and|und|en) ?trace|parcel|shipment|consignment|waybill|invoice|receipt|produkt"
    r"|product|commande|facture|colis|suivi|pedido|factura|env[ií]o|seguimiento|fattura|spedizione"
    r"|zam[óo]wieni|przesy[łl]k|paczk|faktur|factuur|zending|best[äa]llning|sipari[şs]|fatura|kargo|rastre"
    r"|ticket|vorgang|referen[cz]|retour|r[üu]cksendung|reklam|r[ée]clam|zg[łl]osz|expedient|localizador"
    r"|transa[kcz]|verwendungszweck|lieferschein|mitglied|membership|tracciat|tracciam|lettera di vettura"
    r"|pratica|partita iva|kenmerk|zwrot|reserv|buchung|booking|confirmation|claim|schaden|versicherung"
    r"|poli[ck]|dossier|s[ée]rie|devoluci|codice|c[óo]digo|indeks|klient|katalog|warenpost|postnummer"
    r"|zeichen|angebot|auktion|auction|listing|dispute|incident|incidencia|bon de livraison|bon d['’]achat"
    r"|devis|annon[cs]|annunci|garant|gwaran|garanz|warrant|quot|presupuesto|albar[áa]n|preventivo|bolla"
    r"|ricevuta|aukcj|paragon|list przewozowy|offerte|pakbon|advertentie|(?:delivery|dispatch) note"
    r"|gift card|aktenzeichen|seriennummer|handelsregister|amtsgericht|postleitzahl|gutschein|steuer"
    r"|订单|訂單|单号|單號|注文|番号|快递|运单|運單"
)
_WORDS: Final = (
    r"ordine|kunden-?\s?(?:n|id|konto)|customer|(?<!service )(?<!al )(?<!assistenza )client|klant(?!enserv)"
    r"|takip|ref|r[ée]f|vertrag|contract|art\.|rg\.?-?n|best\.?-?n|auftr\.|az|key|\w{0,8}code|sku|ean|gtin"
    r"|upc|isbn|issn|asin|pzn|imei|serial|s/n|sn|model|modell|teile|part|charge|batch|lot|item|article|ust"
    r"|vat|tax|mwst|siret|siren|nif|cif|p\.?\s?iva|hrb|hra|konto|account|blz|iban|bic|sort\s?code|plz|zip"
    r"|post\s?code|tan|pin|coupon|voucher|cnpj|cpf|gstin|mersis|nota fiscal|awb|case|beleg"
)
_WHOLE_WORDS: Final = (
    r"rma|caso|reso|p\.?o\.?|p/n|ldv|kto|return|dhl|dpd|ups|gls|fedex|tnt|usps|hermes|evri|yodel|colissimo"
    r"|chronopost|seur|correos|brt|sda|bartolini|postnl|inpost|royal mail|mondial relay"
)
_NAMED_OTHERWISE: Final = re.compile(
    rf"(?:{_STEMS}|(?<![a-zà-ÿ])(?:{_WORDS}|(?:{_WHOLE_WORDS})(?![a-zà-ÿ])(?:[\s:]{{1,3}}[a-z]{{2}})?))"
    r"[a-zà-ÿ./\-]{0,20}[\s:#.=(\[\"'-]{0,4}(?:\d[a-z][a-z0-9]{0,6}\s)?"
    r"(?:(?:nr|no?|num|number|nummer|numer|numero|número|numéro|n[°º]|id|code|ist|is|lautet|war|was|est|es|è"
    r"|jest)[\s:#.=(\[\"'-]{1,4}){0,3}\Z"
    # Whatever the number is one of: "Fallnummer", "Kd.-Nr.", "numéro de dossier", "numer klienta".
    r"|(?<![a-zà-ÿ])[a-zà-ÿ]{2,24}[.\-]{0,2}(?:nummer|nr|-id)[\s:#.=(]{1,4}\Z"
    rf"|(?<![a-zà-ÿ])(?!{_WHOSE})[a-zà-ÿ]{{3,24}} (?:no|nr|n[°ºo]|n\.|id|number|key)[\s:#.]{{1,4}}\Z"
    r"|(?<![a-zà-ÿ])(?:num[eé]ro|número|numer|nr|n\.?[°ºo]|codice|código|code|kod) "
    r"(?:d['’]|(?:de|di|du|del|della) )?"
    r"(?!est |es |è |jest |to |is |le )[a-zà-ÿ]{4,20}[\s:#.=(]{1,4}\Z"
)
_ASKED: Final = re.compile(r"(?:frage|vrage|question|domand|pregunt|pytan)[^.\n\d]{0,40}\Z")
_NUMBER_WORD: Final = re.compile(r"n\.?[°ºor]|num|nummer|#|id\b|code")
_NUMBER_BEFORE: Final = re.compile(r"(?:\d\s?[x×]\s?|[#№$€£¥@_=&%\\/*^~])\Z")
_UNIT_AFTER: Final = re.compile(
    r"\s?(?:€|\$|£|¥|%|°|₺|zł|eur\b|usd\b|chf\b|gbp\b|kr\b|tl\b|pln\b|kg\b|g\b|mm\b|cm\b|m\b|km\b|ml\b|l\b|mb\b"
    r"|gb\b|kb\b|stk|stück|st\.|pcs|[x×]\s?\d|uhr\b)|[,:]\d"
)
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATE: Final = re.compile(
    rf"(?<![\d.]){_DAY}\.\s?{_MONTH}\.\s?(?:(?:19|20)\d\d|\d\d)(?!\.?\d)"
    rf"|(?<![\d/])(?:{_DAY}/{_MONTH}|{_MONTH}/{_DAY})/(?:(?:19|20)\d\d|\d\d)(?!/?\d)"
    rf"|(?<![\d\-])(?:{_DAY}-{_MONTH}|{_MONTH}-{_DAY})-(?:19|20)\d\d(?!-?\d)"
    rf"|(?<!\d)(?:19|20)\d\d([.\-/]){_MONTH}\1{_DAY}(?!\d)"
    r"|(?<![\d.])(?:[01]?\d|2[0-4])\.[0-5]\d\s?[-–]\s?(?:[01]?\d|2[0-4])\.[0-5]\d(?![\d.])"
)
_ORDER: Final = re.compile(
    r"\d\d-\d{5}-\d{5}|\d{3}-\d{7}-\d{7}|(?!00)\d{13,}|0\d{4}[-–]0\d{4}|[01] \d{5} \d{5} \d|\d \d{6} \d{6}"
    r"|97[89][\- ]?\d[\d\- ]{8,14}"
)
_ADDRESS: Final = re.compile(r"(?:25[0-5]|2[0-4]\d|[01]?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|[01]?\d?\d)){3}")
_ZIP: Final = re.compile(r"\d{5}[-–]\d{4}")
_BANK_CODE: Final = re.compile(r"(?<![a-z0-9])[a-z]{2}\d\d ?[a-z]{4} ?\Z")


def without_dates(digits: str) -> list[tuple[int, int]]:
    """The spans of a run of digits and separators between the dates and opening hours in it."""
    edges = [0]
    for date in _DATE.finditer(digits):
        edges += date.span()
    edges.append(len(digits))
    return list(zip(edges[0::2], edges[1::2], strict=True))


def other_name(before: str) -> str | None:
    """What says in the lower-case text before a number that it is one of an order, an article, a tax or a
    bank; None if nothing does."""
    named = _NAMED_OTHERWISE.search(before)
    if named and _ASKED.search(before) and not _NUMBER_WORD.search(named.group()):
        # Questions about an order are asked by telephone: "Bei Fragen zur Bestellung: 0711 …".
        named = None
    named = named or _NUMBER_BEFORE.search(before) or _BANK_CODE.search(before)
    return named.group() if named else None


def is_measure(after: str) -> bool:
    """Whether the lower-case text after a number makes it a price, a weight, a size or a time."""
    return _UNIT_AFTER.match(after) is not None


def is_postal_code(written: str) -> bool:
    """Whether a number is written as a ZIP code with its extension is."""
    return _ZIP.fullmatch(written) is not None


def is_order_number(written: str) -> bool:
    """Whether a number is written as marketplaces, book traders or networks write theirs."""
    return bool(_ORDER.fullmatch(written) or _ADDRESS.fullmatch(written))
