"""Links to cloud shares are noticed."""

import pytest

from parley.archive.transcript.shares import shares_in


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("see https://drive.google.com/file/d/1", "drive.google.com"),
        ("<https://www.dropbox.com/s/abc>", "dropbox.com"),
        ("https://firma-my.sharepoint.com/:w:/g/x", "sharepoint.com"),
        ("we.tl/t-abc", "we.tl"),
        ("HTTPS://1DRV.MS/u/s!x", "1drv.ms"),
        ("https://www.icloud.com/iclouddrive/0", "icloud.com"),
        ("https://app.box.com/s/1", "app.box.com"),
        ("https://mega.nz/file/1", "mega.nz"),
    ],
)
def test_a_link_to_a_share_is_found_by_its_host(text: str, host: str) -> None:
    assert shares_in(text) == (host,)


@pytest.mark.parametrize(
    "text",
    [
        "I use dropbox.com",
        "https://notdropbox.com/x",
        "https://my-dropbox.com/x",
        "https://box.com.example/x",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert shares_in(text) == ()


def test_each_host_is_told_once_in_order() -> None:
    text = "https://we.tl/a https://mega.nz/b https://we.tl/c"
    assert shares_in(text) == ("we.tl", "mega.nz")
