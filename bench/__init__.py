"""Measurements that are run by hand: what the live path and the home timeline cost on this machine."""
