"""pytest-kata: master pre-training and fine-tuning with your own hands, under pytest."""

__version__ = "0.1.0"
