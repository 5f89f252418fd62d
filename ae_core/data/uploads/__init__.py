"""Images that people upload for an experiment: archives, arrays and tables of them made into digits.

Asked by pages and commands; stands on `drawing` and the modules of `data` beside it.
"""
