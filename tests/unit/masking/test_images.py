"""Pictures and videos lose their metadata and keep everything that a viewer shows."""

import struct
from itertools import pairwise

import pytest

from parley.masking.edits import FormatError
from parley.masking.images import without_metadata
from tests.unit.masking import pictures
from tests.unit.masking.pictures import CANARY, CLEAN_JPEG, PIXELS, PROFILE, exif, segment

XMP = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + CANARY)
EXIF = segment(0xE1, b"Exif\0\0" + exif(1))
COMMENT = segment(0xFE, CANARY)
THUMBNAIL = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\1\1" + b"RGB")

WITH_METADATA = {
    "jpeg": pictures.jpeg(EXIF, XMP, segment(0xED, b"Photoshop 3.0\0" + CANARY), COMMENT),
    "jpeg between scans": pictures.jpeg(between_scans=COMMENT),
    "jpeg trailer": pictures.jpeg(trailer=b"\0\0\0\x18ftypmp42" + CANARY),
    "jpeg thumbnail": pictures.jpeg(segment(0xE0, b"JFXX\0\x10" + CANARY)),
    "jpeg fill octets": pictures.jpeg(b"\xff\xff\xff" + COMMENT),
    "png": pictures.png(
        *(pictures.png_chunk(kind, b"Author\0" + CANARY) for kind in (b"tEXt", b"iTXt", b"tIME", b"prIv"))
    ),
    "png text behind the picture": pictures.png(after=pictures.png_chunk(b"zTXt", CANARY)),
    "png trailer": pictures.png(trailer=CANARY),
    "webp": pictures.webp(
        pictures.riff_chunk(b"EXIF", exif(1)), pictures.riff_chunk(b"XMP ", CANARY), flags=0x2C
    ),
    "webp unknown chunk": pictures.webp(pictures.riff_chunk(b"NOTE", CANARY)),
    "webp trailer": pictures.webp() + CANARY,
    "gif": pictures.gif(pictures.gif_extension(0xFE, CANARY)),
    "gif xmp": pictures.gif(pictures.gif_extension(0xFF, b"XMP DataXMP", CANARY)),
    "gif trailer": pictures.gif(trailer=CANARY),
    "tiff": pictures.tiff((270, 2, CANARY), (315, 2, CANARY), (700, 1, CANARY), (34853, 4, b"\x08\0\0\0")),
    "tiff big-endian": pictures.tiff((305, 2, CANARY), (33432, 2, CANARY), order=">"),
    "tiff trailer": pictures.tiff(trailer=CANARY),
    "heic": pictures.heic(),
    "avif": pictures.heic(brand=b"avif"),
    "heic unknown box": pictures.heic(b"x", b"y", pictures.box(b"mpvd", CANARY)),
    "mp4": pictures.mp4(),
}
CLEAN = {
    "jpeg": CLEAN_JPEG,
    "png": pictures.png(pictures.png_chunk(b"iCCP", PROFILE), pictures.png_chunk(b"tRNS", b"\0\1")),
    "webp": pictures.webp(),
    "gif": pictures.gif(pictures.gif_extension(0xFF, b"NETSCAPE2.0", b"\1\0\0")),
    "tiff": pictures.tiff(),
    "tiff big-endian": pictures.tiff(order=">"),
    "mp4": pictures.box(b"ftyp", b"mp42", bytes(4)) + pictures.box(b"mdat", PIXELS),
}


@pytest.mark.parametrize("name", WITH_METADATA)
def test_metadata_goes_and_what_is_seen_stays(name: str) -> None:
    picture = WITH_METADATA[name]
    clean = without_metadata(picture)
    assert clean is not None
    assert CANARY not in clean
    assert b"CANARY" not in clean
    assert len(clean) <= len(picture)
    for seen in (PIXELS, PROFILE, pictures.SCAN):
        assert (seen in clean) == (seen in picture)


@pytest.mark.parametrize("name", WITH_METADATA)
def test_what_was_cleaned_is_clean(name: str) -> None:
    clean = without_metadata(WITH_METADATA[name])
    assert clean is not None
    assert without_metadata(clean) is None


@pytest.mark.parametrize("name", CLEAN)
def test_a_picture_without_metadata_stays_as_it_is(name: str) -> None:
    assert without_metadata(CLEAN[name]) is None


@pytest.mark.parametrize("name", ["jpeg", "jpeg between scans", "jpeg trailer", "jpeg fill octets"])
def test_of_a_jpeg_nothing_but_metadata_goes(name: str) -> None:
    scans = pictures.SCAN if name == "jpeg between scans" else b""
    assert (
        without_metadata(WITH_METADATA[name]) == CLEAN_JPEG.removesuffix(pictures.EOI) + scans + pictures.EOI
    )


def test_a_jpeg_keeps_its_density_and_loses_the_thumbnail_beside_it() -> None:
    picture = CLEAN_JPEG.replace(pictures.JFIF, THUMBNAIL)
    assert without_metadata(picture) == CLEAN_JPEG


def test_a_jpeg_keeps_adobes_colour_transform_without_which_its_colours_are_wrong() -> None:
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
    assert without_metadata(pictures.jpeg(adobe)) is None


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_jpegs_orientation_stays(order: str) -> None:
    turned = without_metadata(pictures.jpeg(segment(0xE1, b"Exif\0\0" + exif(6, order))))
    assert turned is not None
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in turned
    assert b"CANARY" not in turned
    assert without_metadata(turned) is None


def test_a_pngs_orientation_stays() -> None:
    turned = without_metadata(pictures.png(pictures.png_chunk(b"eXIf", exif(8))))
    assert turned is not None
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 8, 0) in turned
    assert b"CANARY" not in turned


@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
def test_a_webps_orientation_stays_with_the_flag_that_announces_it(prefix: bytes) -> None:
    turned = without_metadata(pictures.webp(pictures.riff_chunk(b"EXIF", prefix + exif(3)), flags=0x2C))
    assert turned is not None
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 3, 0) in turned
    assert turned[20] == 0x28
    assert without_metadata(turned) is None


def test_a_webp_without_exif_and_xmp_says_so_in_its_header_and_size() -> None:
    assert without_metadata(WITH_METADATA["webp"]) == pictures.webp()


def test_a_tiff_keeps_orientation_profile_and_pixels_at_their_places() -> None:
    picture = WITH_METADATA["tiff"]
    clean = without_metadata(picture)
    assert clean is not None
    assert clean[8 : 8 + len(PIXELS)] == PIXELS
    assert clean.index(PROFILE) == picture.index(PROFILE)
    assert struct.pack("<HHIHH", 274, 3, 1, 6, 0) in clean


def test_the_entries_of_a_tiffs_directory_stay_in_order_and_are_counted() -> None:
    clean = without_metadata(WITH_METADATA["tiff"])
    assert clean is not None
    at = struct.unpack_from("<I", clean, 4)[0]
    count = struct.unpack_from("<H", clean, at)[0]
    tags = [struct.unpack_from("<H", clean, at + 2 + 12 * index)[0] for index in range(count)]
    assert tags == [256, 257, 258, 259, 262, 273, 274, 279, 34675]
    assert struct.unpack_from("<I", clean, at + 2 + 12 * count)[0] == 0


def test_the_boxes_of_a_heic_stay_at_their_places() -> None:
    picture = WITH_METADATA["heic"]
    clean = without_metadata(picture)
    assert clean is not None
    assert len(clean) == len(picture)
    assert clean.index(PIXELS) == picture.index(PIXELS)
    assert clean[clean.index(PIXELS) + len(PIXELS) :].startswith(b"\0\0\0\0MM\0*")


def test_a_location_in_a_video_goes_wherever_programs_put_it() -> None:
    clean = without_metadata(pictures.mp4())
    assert clean is not None
    assert [clean.count(kind) for kind in (b"udta", b"uuid", b"meta", b"\xa9xyz")] == [0, 0, 0, 0]
    assert len(clean) == len(pictures.mp4())


BROKEN = {
    "jpeg without picture": b"\xff\xd8" + EXIF,
    "jpeg segment beyond the end": b"\xff\xd8\xff\xe1\xff\xffgarbage",
    "png without chunks": b"\x89PNG\r\n\x1a\n",
    "png chunk beyond the end": b"\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXt" + CANARY,
    "webp size beyond the end": pictures.webp()[:40],
    "gif without image": b"GIF89a\1\0\1\0\0\0\0\x21\xfe\x05abc",
    "tiff in a circle": pictures.tiff(following=None),
    "tiff value beyond the end": pictures.tiff((258, 4, b"\xff" * 8))[:-8] + b"\xff" * 8,
    "tiff strips beyond the end": pictures.tiff((279, 4, b"\xff\xff\xff\0")),
    "tiff without pixels": b"II*\0\x08\0\0\0\1\0" + struct.pack("<HHIHH", 256, 3, 1, 1, 0) + bytes(4),
    "tiff of a camera's sensor": pictures.tiff((262, 3, struct.pack("<H", 32803))),
    "tiff with old jpeg": pictures.tiff((513, 4, bytes(4))),
    "big tiff": b"II+\0\x08\0\0\0" + bytes(30),
    "heic item beyond the data": pictures.heic().replace(b"mdat", b"mdax"),
    "heic box beyond the end": pictures.box(b"ftyp", b"heic", bytes(4)) + b"\xff\xff\xff\xffmeta",
    "heic box of no size": pictures.box(b"ftyp", b"heic", bytes(4)) + b"\0\0\0\4meta" + bytes(8),
    "mp4 cut short": pictures.mp4()[:-10],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_picture_that_does_not_add_up_is_not_guessed_at(name: str) -> None:
    with pytest.raises(FormatError):
        without_metadata(BROKEN[name])


@pytest.mark.parametrize(
    "cut", [pictures.jpeg(COMMENT)[:-6], pictures.png(pictures.png_chunk(b"tEXt", CANARY))[:-15]]
)
def test_a_picture_cut_short_behind_its_beginning_still_loses_its_metadata(cut: bytes) -> None:
    clean = without_metadata(cut)
    assert clean is not None
    assert CANARY not in clean


def test_a_circle_of_tiff_directories_of_any_length_ends() -> None:
    first = pictures.tiff(following=0)
    at = struct.unpack_from("<I", first, 4)[0]
    directory = first[at:-4]
    places = [at + index * (len(directory) + 4) for index in range(5)]
    chain = b"".join(
        directory + struct.pack("<I", following) for _, following in pairwise([*places, places[1]])
    )
    with pytest.raises(FormatError):
        without_metadata(first[:at] + chain)


def test_boxes_that_are_nested_without_end_are_not_followed() -> None:
    nested = b""
    for _ in range(200):
        nested = pictures.box(b"moov", nested)
    with pytest.raises(FormatError):
        without_metadata(pictures.box(b"ftyp", b"mp42", bytes(4)) + nested)


def test_many_items_that_claim_the_same_octets_cost_no_memory() -> None:
    extents = b"".join(struct.pack(">II", 0, 4_000) for _ in range(60_000))
    entry = pictures.full_box(b"infe", 2, struct.pack(">HH", 2, 0), b"Exif", b"\0")
    meta = pictures.full_box(
        b"meta",
        0,
        pictures.full_box(b"iinf", 0, struct.pack(">H", 1), entry),
        pictures.full_box(b"iloc", 1, b"\x44\0", struct.pack(">HHHHH", 1, 2, 1, 0, 60_000), extents),
        pictures.box(b"idat", bytes(4_000)),
    )
    with pytest.raises(FormatError):
        without_metadata(pictures.box(b"ftyp", b"heic", bytes(4)) + meta)


def test_what_is_left_of_a_damaged_segment_between_scans_hides_no_later_one() -> None:
    jpeg = WITH_METADATA["jpeg between scans"]
    at = jpeg.index(b"\xff\xfe")
    shortened = jpeg[: at + 2] + b"\0\4" + jpeg[at + 4 :]
    clean = without_metadata(shortened + b"behind the end")
    assert clean is not None
    assert clean.endswith(b"\xff\xd9")
    assert without_metadata(clean) is None
