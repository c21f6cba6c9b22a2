from hypothesis import given
from hypothesis import strategies as st

from parley.conversation.aliases import ALPHABET, RANDOM_BITS, alias_id, is_well_formed, new_alias

ENTROPY = st.integers(0, 2**RANDOM_BITS - 1)


@given(ENTROPY)
def test_an_alias_fits_a_local_part_and_is_lower_case_ascii(entropy: int) -> None:
    alias = new_alias("b", entropy)
    assert alias.isascii()
    assert alias == alias.lower()
    assert len(alias) <= 64
    assert is_well_formed(alias)


@given(ENTROPY, ENTROPY)
def test_different_random_bits_make_different_aliases(one: int, other: int) -> None:
    assert (new_alias("s", one) == new_alias("s", other)) == (one == other)


def test_an_alias_carries_at_least_sixty_random_bits() -> None:
    assert RANDOM_BITS >= 60


@given(ENTROPY, st.integers(2, 15), st.sampled_from(ALPHABET))
def test_one_mistyped_character_is_noticed(entropy: int, place: int, typed: str) -> None:
    alias = new_alias("b", entropy)
    mistyped = alias[:place] + typed + alias[place + 1 :]
    assert is_well_formed(mistyped) == (mistyped == alias)


def test_an_upper_case_alias_is_looked_up_and_checked_in_lower_case() -> None:
    alias = new_alias("b", 12345)
    assert alias_id(alias.upper()) == alias
    assert is_well_formed(alias.upper())


def test_what_has_not_the_shape_of_an_alias_is_not_well_formed() -> None:
    for text in ("", "b-", "b-7K2M", "postmaster", "b-" + "u" * 14, "b_" + "0" * 14):
        assert not is_well_formed(text)
