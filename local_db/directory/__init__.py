"""The directory of teachers on this computer: packs taken in, an index of sets, searches in milliseconds.

A database of its own beside the store: it is only a copy of what the platform has, so it is in no backup, is made
anew when it is damaged, and taking in a pack never holds up a teacher's own work.
"""
