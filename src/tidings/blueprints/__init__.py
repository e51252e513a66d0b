"""The screens, one folder each, independent of each other."""
