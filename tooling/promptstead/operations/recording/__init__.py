"""Answers from a model to the file of recorded answers: asked, pending, judged, accepted."""
