"""The same case by other designs, written by hand: what ours is compared with."""
