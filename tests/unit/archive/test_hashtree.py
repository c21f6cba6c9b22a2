"""The hash tree, against the known answers of Certificate Transparency and a definition written anew."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.archive.hashtree import paths, root, root_by_path

# The inputs and roots of the reference implementation's tests (certificate-transparency, merkle_tree_test).
LEAVES = [
    bytes.fromhex(each)
    for each in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
FEW = settings(max_examples=150, derandomize=True, deadline=None)
LISTS = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def defined(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word by word."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = max(2**power for power in range(20) if 2**power < len(leaves))
    return hashlib.sha256(b"\1" + defined(leaves[:k]) + defined(leaves[k:])).digest()


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_of_the_reference_implementation(count: int) -> None:
    assert root(LEAVES[:count]).hex() == ROOTS[count - 1]


@FEW
@given(LISTS)
def test_a_root_is_as_the_rfc_defines_it(leaves: list[bytes]) -> None:
    assert root(leaves) == defined(leaves)


@FEW
@given(LISTS)
def test_every_leafs_path_leads_to_the_root(leaves: list[bytes]) -> None:
    for place, (leaf, path) in enumerate(zip(leaves, paths(leaves), strict=True)):
        assert root_by_path(leaf, place, len(leaves), path) == root(leaves)


@FEW
@given(LISTS, st.data())
def test_no_other_leaf_place_or_path_leads_there(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    path, right = paths(leaves)[place], root(leaves)
    other = data.draw(st.integers(-1, len(leaves)).filter(lambda each: each != place))
    if not 0 <= other < len(leaves) or leaves[other] != leaves[place]:
        assert root_by_path(leaves[place], other, len(leaves), path) != right
    assert root_by_path(leaves[place] + b"x", place, len(leaves), path) != right
    assert root_by_path(leaves[place], place, len(leaves), (*path, bytes(32))) != right
    for at in range(len(path)):
        assert root_by_path(leaves[place], place, len(leaves), path[:at] + path[at + 1 :]) != right
        forged = (*path[:at], bytes(32), *path[at + 1 :])
        assert root_by_path(leaves[place], place, len(leaves), forged) != right


def test_a_tree_without_leaves_has_no_root() -> None:
    with pytest.raises(ValueError, match="needs a leaf"):
        root([])


def test_the_paths_of_ten_thousand_leaves_take_a_moment_only() -> None:
    leaves = [str(each).encode() for each in range(10_000)]
    assert max(map(len, paths(leaves))) == 14
