"""Trains the guard models: `python -m train NAME --data DIR --out DIR`. See README.md."""
