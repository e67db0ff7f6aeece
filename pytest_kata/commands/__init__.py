"""The `kata` command, one function a word."""
