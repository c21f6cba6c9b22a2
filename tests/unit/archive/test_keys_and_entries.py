import json
from datetime import UTC, datetime

from parley.archive.chain import link_hash
from parley.archive.entries import message_entry
from parley.archive.keys import entry_key, message_folder


def test_a_folder_names_order_time_direction_and_message() -> None:
    moment = datetime(2026, 9, 4, 16, 12, 0, 900, UTC)
    folder = message_folder("c1", 3, moment, "seller-to-buyer", "m1")
    assert folder == "conversations/c1/0003_2026-09-04T161200Z_seller-to-buyer_m1/"
    assert entry_key("c1", 3, "m1") == "entries/c1/0003_m1.json"


def test_an_entry_repeats_its_link_and_tells_the_outcome() -> None:
    link = '{"message":"m1","seq":3}'
    raw = message_entry(
        link, outcome="held", codes=["spam"], folder="conversations/c1/x/", outgoing_message_id=None
    )
    entry = json.loads(raw)
    assert entry["schema_version"] == 1
    assert entry["link"] == {"message": "m1", "seq": 3}
    assert entry["link_hash"] == link_hash(link)
    assert (entry["outcome"], entry["codes"]) == ("held", ["spam"])
