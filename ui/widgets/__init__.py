"""Controls that several pages have: fields, lists, exports, and how a study is steered.

Stands on `shell` and `pictures`; knows no page.
"""
