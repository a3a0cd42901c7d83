"""The English of sentences as it was while findings were known by their text.

Baselines of that time, and alerts on forges, are keyed on the text of a message. Who improves the English of a sentence
that a finding says puts the template that was there under its code, once; the key that is made of it stays what it was.
"""

FORMER: dict[str, str] = {}
"""Code -> template, with arguments that the sentence still has."""
