"""What a text states: numbers with their units, dates, times and quotations, however they are written."""
