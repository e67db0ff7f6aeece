"""Models, text and data that the katas train on, offline."""
