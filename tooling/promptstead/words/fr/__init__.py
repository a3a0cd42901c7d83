"""The French words, one module an area: key of a sentence -> its template."""
