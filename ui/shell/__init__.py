"""What surrounds every page: sidebar, navigation, theme, what all visitors share, what browsers may send.

Imported by all of `ui`; stands on `ae_core` alone.
"""
