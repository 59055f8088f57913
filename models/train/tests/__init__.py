"""Tests of the training program, on tiny data made here: `python -m unittest discover -s train/tests -t .` from models/."""
