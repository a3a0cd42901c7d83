"""Reports: models of what there is to say, and renderers from them to text. No I/O."""
