"""For those who write katas."""
