"""The handler of track_delivery."""
